import type { Outcome } from "./score.js";

/** What one row adds to the sums that every score is a ratio of: spans by number, the rest 1 (right) or 0 (wrong). */
export const COLUMN_NAMES = [
  "intent",
  "slots_matched",
  "slots_predicted",
  "slots_gold",
  "exact",
  "topic",
  "group",
] as const;

export type ColumnName = (typeof COLUMN_NAMES)[number];

/** [rows] by name, in the order of the rows; `ABSENT` where a row was not scored in it. A column of nothing else is left out. */
export type Columns = Readonly<Partial<Record<ColumnName, readonly number[]>>>;

export const ABSENT = -1;

type Row = Readonly<Partial<Record<ColumnName, number>>>;

/** The intent is right and the spans are exactly the gold ones; undefined when the row lacks one of the two. */
function exactOf({ intent, slots }: Outcome): boolean | undefined {
  if (!intent || !slots) return undefined;
  return intent.correct && slots.matched === slots.gold && slots.matched === slots.predicted;
}

function rowOf(outcome: Outcome): Row {
  const { intent, slots, topic } = outcome;
  const exact = exactOf(outcome);
  return {
    ...(intent && { intent: Number(intent.correct) }),
    ...(slots && { slots_matched: slots.matched, slots_predicted: slots.predicted, slots_gold: slots.gold }),
    ...(exact !== undefined && { exact: Number(exact) }),
    ...(topic && { topic: Number(topic.correct) }),
    ...(topic?.groupCorrect !== undefined && { group: Number(topic.groupCorrect) }),
  };
}

export function columnsOf(outcomes: readonly Outcome[]): Columns {
  const rows = outcomes.map(rowOf);
  const columns = COLUMN_NAMES.map((name) => [name, rows.map((row) => row[name] ?? ABSENT)] as const);
  return Object.fromEntries(columns.filter(([, column]) => column.some((value) => value !== ABSENT)));
}
