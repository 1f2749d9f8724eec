import type { Difference, Interval } from "../evaluation/bootstrap.js";
import { EvaluationError } from "../evaluation/errors.js";
import type { MeasureName } from "../evaluation/measures.js";
import { pairedDifferences, scoredFile } from "../evaluation/paired.js";
import type { FileReport } from "../evaluation/report.js";
import type { AccuracyRecord } from "./store.js";
import { PAIRS, SETS, type DataSet } from "./systems.js";

export interface Score {
  readonly value: number;
  readonly ci95: Interval;
}

/** One score of a report, 0 to 1; undefined when it was not measured. */
export function scoreOf({ intent, slots, topic, ...exact }: FileReport, measure: MeasureName): Score | undefined {
  const score = (value: number | undefined, ci95: Interval | undefined) =>
    value === undefined || ci95 === undefined ? undefined : { value, ci95 };
  switch (measure) {
    case "intent":
      return score(intent?.accuracy, intent?.ci95);
    case "f1":
      return score(slots?.f1, slots?.ci95);
    case "exact":
      return score(exact.exact_match, exact.exact_match_ci95);
    case "topic":
      return score(topic?.accuracy, topic?.ci95);
    case "groups":
      return score(topic?.groups_accuracy, topic?.groups_ci95);
  }
}

/** The file that a record is about. */
export function fileOf({ report }: AccuracyRecord): FileReport {
  const [file] = report.data;
  if (!file) throw new TypeError("a record of no file");
  return file;
}

/** What was measured on a set to the end, in the order of the systems. */
export function completeOn(set: DataSet, records: readonly AccuracyRecord[]): AccuracyRecord[] {
  return records.filter((record) => record.set === set.name && !record.report.partial);
}

/** Two systems on one set: `one` minus `other`, on the same rows. */
export interface Comparison {
  readonly one: string;
  readonly other: string;
  readonly set: DataSet;
  /** Rows that both were scored on. */
  readonly rows: number;
  readonly differences: readonly (readonly [measure: MeasureName, difference: Difference])[];
}

export interface Comparisons {
  readonly pairs: readonly Comparison[];
  /** Why two systems that were both measured could not be paired. */
  readonly refused: readonly string[];
}

/** Every pair of interest that was measured to the end. */
export function comparisons(records: readonly AccuracyRecord[]): Comparisons {
  const pairs: Comparison[] = [];
  const refused: string[] = [];
  for (const [one, other] of PAIRS) {
    for (const set of SETS) {
      const [left, right] = [one, other].map((label) =>
        completeOn(set, records).find(({ system }) => system === label),
      );
      if (!left || !right) continue;
      try {
        pairs.push(compared(left, right, set));
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        refused.push(`${set.name}: ${error.message}`);
      }
    }
  }
  return { pairs, refused };
}

function compared(left: AccuracyRecord, right: AccuracyRecord, set: DataSet): Comparison {
  const differences = pairedDifferences(scoredFile(left.system, left.report), scoredFile(right.system, right.report));
  return {
    one: left.system,
    other: right.system,
    set,
    rows: Math.min(fileOf(left).rows, fileOf(right).rows),
    differences: set.measures.flatMap((measure) => {
      const difference = differences[measure];
      return difference ? [[measure, difference] as const] : [];
    }),
  };
}

/** What an interval says of where a value stands to `neutral`: 0 for a difference, 1 for a ratio. */
export type Verdict = "below" | "above" | "open";

export function verdict([low, high]: Interval, neutral: number): Verdict {
  if (high < neutral) return "below";
  return low > neutral ? "above" : "open";
}
