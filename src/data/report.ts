import { findingsOf, type Finding } from "./findings.js";
import { groupBy } from "./group.js";
import { SPLITS, type Made, type Row, type Split } from "./row.js";

export type Counts = Partial<Record<Split, number>>;

export interface LabelCount {
  readonly name: string;
  /** Rows; of slots, spans. A split without any is absent. */
  readonly rows: Counts;
}

export interface SlotCount extends LabelCount {
  /** Different values, case aside. */
  readonly values: number;
  /** The most frequent value, and its share of the spans. */
  readonly top: { readonly value: string; readonly share: number };
  /** Intents that it occurs with. */
  readonly intents: number;
}

/** What somebody should know of data before a model is trained on it. */
export interface DataReport {
  readonly rows: Counts;
  /** Most frequent first. */
  readonly intents: readonly LabelCount[];
  readonly topics: readonly LabelCount[];
  readonly slots: readonly SlotCount[];
  readonly words: {
    readonly p50: number;
    readonly p95: number;
    readonly max: number;
    readonly histogram: readonly number[];
  };
  /** Worst first. */
  readonly findings: readonly Finding[];
}

export function dataReport(made: readonly Made[]): DataReport {
  const rows = made.map(({ row }) => row);
  const lengths = rows.map(({ tokens }) => tokens.length).sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))] ?? 0;
  const counted = {
    rows: countsOf(rows),
    intents: labelCounts(rows, ({ intent }) => intent),
    topics: labelCounts(rows, ({ topic }) => topic),
    slots: slotCounts(rows),
    words: { p50: at(0.5), p95: at(0.95), max: lengths.at(-1) ?? 0, histogram: histogram(lengths) },
  };
  return { ...counted, findings: findingsOf(made, counted) };
}

export const total = (counts: Counts): number => SPLITS.reduce((sum, split) => sum + (counts[split] ?? 0), 0);

function countsOf(rows: readonly Pick<Row, "split">[]): Counts {
  const counts: Counts = {};
  for (const { split } of rows) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
}

function labelCounts(rows: readonly Row[], labelOf: (row: Row) => string | undefined): LabelCount[] {
  const labelled = rows.filter((row) => labelOf(row) !== undefined);
  const groups = groupBy(labelled, (row) => labelOf(row) ?? "");
  return mostFirst([...groups].map(([name, own]) => ({ name, rows: countsOf(own) })));
}

function slotCounts(rows: readonly Row[]): SlotCount[] {
  const spans = rows.flatMap(({ entities, split, intent = "" }) =>
    entities.map(({ type, value }) => ({ type, value: value.toLowerCase(), split, intent })),
  );
  const groups = groupBy(spans, ({ type }) => type);
  const slots = [...groups].map(([name, own]) => {
    const values = [...groupBy(own, ({ value }) => value)].sort((a, b) => b[1].length - a[1].length);
    const [value, uses] = values[0]!;
    return {
      ...{ name, rows: countsOf(own), values: values.length },
      top: { value, share: uses.length / own.length },
      intents: new Set(own.map(({ intent }) => intent)).size,
    };
  });
  return mostFirst(slots);
}

function mostFirst<T extends LabelCount>(counts: T[]): T[] {
  return counts.sort((a, b) => total(b.rows) - total(a.rows) || (a.name < b.name ? -1 : 1));
}

/** [words] -> texts of that many words, the last for all longer ones. */
function histogram(lengths: readonly number[], longest = 40): number[] {
  const bins = Array<number>(longest + 1).fill(0);
  for (const length of lengths) bins[Math.min(length, longest)]! += 1;
  return bins;
}
