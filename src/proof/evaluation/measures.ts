import { ABSENT, type ColumnName, type Columns } from "./columns.js";

/** A score as a ratio of sums over rows, 0 to 1: all that a bootstrap needs to know of it. */
export interface Measure {
  /** The columns that are summed, in the order that `value` takes them in. */
  readonly columns: readonly ColumnName[];
  /** sums: [columns], over `rows` rows. */
  value(sums: ArrayLike<number>, rows: number): number;
}

/** Nothing to nothing is 0, as seqeval's. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const share = (column: ColumnName): Measure => ({
  columns: [column],
  value: ({ 0: right = 0 }, rows) => ratio(right, rows),
});

/** Every score by the name that `--fail-under` knows it by. F1 is micro-averaged over the spans of all rows. */
export const MEASURES = {
  intent: share("intent"),
  f1: {
    columns: ["slots_matched", "slots_predicted", "slots_gold"],
    value: ({ 0: matched = 0, 1: predicted = 0, 2: gold = 0 }) => ratio(2 * matched, predicted + gold),
  },
  exact: share("exact"),
  topic: share("topic"),
  groups: share("group"),
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;

export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];

/** [columns][rows]: what a measure sums, of the rows that were scored in it; undefined when there are none. */
export function columnsFor({ columns: names }: Measure, columns: Columns): Uint32Array[] | undefined {
  const own = names.map((name) => columns[name]?.filter((value) => value !== ABSENT));
  return own.every((column) => column !== undefined && column.length > 0)
    ? own.map((column) => Uint32Array.from(column ?? []))
    : undefined;
}
