import { bootstrap, RESAMPLING, sumsOf, type Interval, type Resampling } from "./bootstrap.js";
import { expectedCalibrationError, type Bet } from "./calibration.js";
import type { Guess, Prediction } from "./classifier.js";
import { columnsOf, type Columns } from "./columns.js";
import { crossFitted } from "./crossfit.js";
import type { LabelledText, Span } from "./labelled-text.js";
import { columnsFor, MEASURES, ratio, type MeasureName } from "./measures.js";
import { oosScores, rejectionOf, type OosScores, type Rejection } from "./oos.js";

/** How the answer to one row compares with its gold labels. Tasks that are not scored are absent. */
export interface Outcome {
  /** `bet` is absent where no label was given: out of scope, or a text that was refused. */
  readonly intent?: { readonly correct: boolean; readonly bet?: Bet; readonly rejection?: Rejection };
  readonly slots?: {
    readonly matched: number;
    readonly predicted: number;
    readonly gold: number;
    readonly bets: readonly Bet[];
  };
  /** `groupCorrect` is absent where the row carries no group. */
  readonly topic?: { readonly correct: boolean; readonly groupCorrect?: boolean; readonly bet?: Bet };
}

/** Expected calibration errors, 0 to 1. */
interface CalibrationErrors {
  /** Of confidences that were calibrated on other rows: `crossFitted`. */
  readonly ece: number;
  /** Of the confidences as they were served, which may have been calibrated on these very rows. */
  readonly ece_as_served: number;
}

/** Fractions of 1, in the names of the report. What no row carries is absent. */
export interface Scores {
  readonly intent?: { accuracy: number; ci95: Interval } & CalibrationErrors;
  /** Of a bundle that has a label to reject with, on rows of both kinds. */
  readonly oos?: OosScores;
  readonly slots?: { precision: number; recall: number; f1: number; ci95: Interval } & CalibrationErrors;
  /** Share of the rows, of those that carry intent and slots, whose intent is right and whose spans are the gold ones. */
  readonly exact_match?: number;
  readonly exact_match_ci95?: Interval;
  readonly topic?: {
    accuracy: number;
    ci95: Interval;
    groups_accuracy?: number;
    groups_ci95?: Interval;
  } & CalibrationErrors;
}

const key = (span: Span): string => `${span.start} ${span.end} ${span.name}`;

function betOn(correct: boolean, guess: Guess | null | undefined): { correct: boolean; bet?: Bet } {
  return guess ? { correct, bet: { confidence: guess.confidence, correct, others: guess.others } } : { correct };
}

function compareSlots(
  gold: readonly Span[],
  predicted: NonNullable<Prediction["slots"]>,
): NonNullable<Outcome["slots"]> {
  const wanted = new Set(gold.map(key));
  const bets = predicted.map((span) => ({ confidence: span.confidence, correct: wanted.has(key(span)) }));
  return { matched: bets.filter((bet) => bet.correct).length, predicted: predicted.length, gold: wanted.size, bets };
}

/** A row whose gold intent is the label to reject with is right when it was rejected. */
function compareIntent(
  gold: string | undefined,
  prediction: Prediction | undefined,
  reject: string | undefined,
): NonNullable<Outcome["intent"]> {
  const guess = prediction?.intent;
  if (reject === undefined) return betOn(guess?.name === gold, guess);
  const rejection = rejectionOf(gold, prediction, reject);
  return { ...betOn(rejection.wanted ? rejection.rejected : guess?.name === gold, guess), rejection };
}

/**
 * Compares the tasks that were asked. `prediction` is undefined when the text was refused: all of it counts as wrong.
 * reject: the label that stands for none of the others.
 */
export function compare(
  gold: LabelledText,
  tasks: readonly string[],
  prediction: Prediction | undefined,
  reject?: string,
): Outcome {
  const topicGuess = prediction?.topic;
  return {
    ...(tasks.includes("intent") && { intent: compareIntent(gold.intent, prediction, reject) }),
    ...(tasks.includes("slots") && { slots: compareSlots(gold.slots ?? [], prediction?.slots ?? []) }),
    ...(tasks.includes("topic") && {
      topic: {
        ...betOn(topicGuess?.name === gold.topic, topicGuess),
        ...(gold.group !== undefined && { groupCorrect: topicGuess?.group === gold.group }),
      },
    }),
  };
}

const present = <T>(value: T | undefined): value is T => value !== undefined;

interface Measured {
  readonly value: number;
  readonly ci95: Interval;
}

/** A measure over the rows that were scored in it; undefined when there are none. */
function measured(columns: Columns, name: MeasureName, resampling: Resampling): Measured | undefined {
  const measure = MEASURES[name];
  const own = columnsFor(measure, columns);
  const rows = own?.[0]?.length ?? 0;
  const value = (sums: ArrayLike<number>) => measure.value(sums, rows);
  return own && { value: value(sumsOf(own)), ci95: bootstrap(own, value, resampling) };
}

/** betsOf: of one row; rows without any keep their place, so that a row is in the same fold for every task. */
function calibrationErrors(
  outcomes: readonly Outcome[],
  betsOf: (row: Outcome) => readonly (Bet | undefined)[],
): CalibrationErrors {
  const rows = outcomes.map((row) => betsOf(row).filter(present));
  return {
    ece: expectedCalibrationError(crossFitted(rows)),
    ece_as_served: expectedCalibrationError(rows.flat()),
  };
}

export function score(outcomes: readonly Outcome[], resampling: Resampling = RESAMPLING): Scores {
  const columns = columnsOf(outcomes);
  const [intent, f1, exact, topic, groups] = (["intent", "f1", "exact", "topic", "groups"] as const).map((name) =>
    measured(columns, name, resampling),
  );
  const oos = oosScores(outcomes);
  const [matched = 0, predicted = 0, gold = 0] = sumsOf(columnsFor(MEASURES.f1, columns) ?? []);
  return {
    ...(intent && {
      intent: {
        accuracy: intent.value,
        ci95: intent.ci95,
        ...calibrationErrors(outcomes, (row) => [row.intent?.bet]),
      },
    }),
    ...(oos && { oos }),
    ...(f1 && {
      slots: {
        precision: ratio(matched, predicted),
        recall: ratio(matched, gold),
        f1: f1.value,
        ci95: f1.ci95,
        ...calibrationErrors(outcomes, (row) => row.slots?.bets ?? []),
      },
    }),
    ...(exact && { exact_match: exact.value, exact_match_ci95: exact.ci95 }),
    ...(topic && {
      topic: {
        accuracy: topic.value,
        ci95: topic.ci95,
        ...(groups && { groups_accuracy: groups.value, groups_ci95: groups.ci95 }),
        ...calibrationErrors(outcomes, (row) => [row.topic?.bet]),
      },
    }),
  };
}
