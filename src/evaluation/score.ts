import type { Bet } from "./calibration.js";
import { expectedCalibrationError } from "./calibration.js";
import { bootstrap, RESAMPLING, type Interval, type Resampling } from "./bootstrap.js";
import type { Prediction } from "./classifier.js";
import type { LabelledText, Span } from "./labelled-text.js";

/** How the answer to one row compares with its gold labels. Tasks that are not scored are absent. */
export interface Outcome {
  /** `bet` is absent where no label was given: out of scope, or a text that was refused. */
  readonly intent?: { readonly correct: boolean; readonly bet?: Bet };
  readonly slots?: {
    readonly matched: number;
    readonly predicted: number;
    readonly gold: number;
    readonly bets: readonly Bet[];
  };
  /** `groupCorrect` is absent where the row carries no group. */
  readonly topic?: { readonly correct: boolean; readonly groupCorrect?: boolean; readonly bet?: Bet };
}

/** Fractions of 1, in the names of the report. What no row carries is absent. */
export interface Scores {
  readonly intent?: { accuracy: number; ci95: Interval; ece: number };
  readonly slots?: { precision: number; recall: number; f1: number; ci95: Interval; ece: number };
  readonly exact_match?: number;
  readonly topic?: { accuracy: number; groups_accuracy?: number; ci95: Interval; ece: number };
}

const key = (span: Span): string => `${span.start} ${span.end} ${span.name}`;

function betOn(correct: boolean, guess: { confidence: number } | null | undefined): { correct: boolean; bet?: Bet } {
  return guess ? { correct, bet: { confidence: guess.confidence, correct } } : { correct };
}

function compareSlots(
  gold: readonly Span[],
  predicted: NonNullable<Prediction["slots"]>,
): NonNullable<Outcome["slots"]> {
  const wanted = new Set(gold.map(key));
  const bets = predicted.map((span) => ({ confidence: span.confidence, correct: wanted.has(key(span)) }));
  return { matched: bets.filter((bet) => bet.correct).length, predicted: predicted.length, gold: wanted.size, bets };
}

/** Compares the tasks that were asked. `prediction` is undefined when the text was refused: all of it counts as wrong. */
export function compare(gold: LabelledText, tasks: readonly string[], prediction: Prediction | undefined): Outcome {
  const topicGuess = prediction?.topic;
  return {
    ...(tasks.includes("intent") && { intent: betOn(prediction?.intent?.name === gold.intent, prediction?.intent) }),
    ...(tasks.includes("slots") && { slots: compareSlots(gold.slots ?? [], prediction?.slots ?? []) }),
    ...(tasks.includes("topic") && {
      topic: {
        ...betOn(topicGuess?.name === gold.topic, topicGuess),
        ...(gold.group !== undefined && { groupCorrect: topicGuess?.group === gold.group }),
      },
    }),
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const present = <T>(value: T | undefined): value is T => value !== undefined;

function accuracyScores(answers: readonly { correct: boolean; bet?: Bet }[], resampling: Resampling) {
  const correct = Uint32Array.from(answers, (answer) => Number(answer.correct));
  return {
    accuracy: ratio(
      correct.reduce((sum, one) => sum + one, 0),
      answers.length,
    ),
    ci95: bootstrap([correct], ([sum]) => ratio(sum ?? 0, answers.length), resampling),
    ece: expectedCalibrationError(answers.map((answer) => answer.bet).filter(present)),
  };
}

/** Micro-averaged over all spans; a ratio of nothing to nothing is 0, as seqeval's. */
function slotScores(
  rows: readonly NonNullable<Outcome["slots"]>[],
  resampling: Resampling,
): NonNullable<Scores["slots"]> {
  const columns = (["matched", "predicted", "gold"] as const).map((count) =>
    Uint32Array.from(rows, (row) => row[count]),
  );
  const f1 = ([matched = 0, predicted = 0, gold = 0]: ArrayLike<number> & Iterable<number>) =>
    ratio(2 * matched, predicted + gold);
  const sums = columns.map((column) => column.reduce((sum, one) => sum + one, 0));
  const [matched = 0, predicted = 0, gold = 0] = sums;
  return {
    precision: ratio(matched, predicted),
    recall: ratio(matched, gold),
    f1: f1(sums),
    ci95: bootstrap(columns, f1, resampling),
    ece: expectedCalibrationError(rows.flatMap((row) => row.bets)),
  };
}

/** Share of rows, of those that carry both tasks, whose intent is right and whose spans are exactly the gold ones. */
function exactMatch(outcomes: readonly Outcome[]): number | undefined {
  const both = outcomes.filter((outcome) => outcome.intent && outcome.slots);
  const exact = both.filter(
    ({ intent, slots }) => intent?.correct && slots?.matched === slots?.gold && slots?.matched === slots?.predicted,
  );
  return both.length > 0 ? exact.length / both.length : undefined;
}

export function score(outcomes: readonly Outcome[], resampling: Resampling = RESAMPLING): Scores {
  const intents = outcomes.map((outcome) => outcome.intent).filter(present);
  const slots = outcomes.map((outcome) => outcome.slots).filter(present);
  const topics = outcomes.map((outcome) => outcome.topic).filter(present);
  const groups = topics.map((topic) => topic.groupCorrect).filter(present);
  const exact = exactMatch(outcomes);
  return {
    ...(intents.length > 0 && { intent: accuracyScores(intents, resampling) }),
    ...(slots.length > 0 && { slots: slotScores(slots, resampling) }),
    ...(exact !== undefined && { exact_match: exact }),
    ...(topics.length > 0 && {
      topic: {
        ...accuracyScores(topics, resampling),
        ...(groups.length > 0 && { groups_accuracy: groups.filter(Boolean).length / groups.length }),
      },
    }),
  };
}
