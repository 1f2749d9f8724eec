import { quantileOfSorted } from "../../statistics/quantile.js";
import { seeded } from "../../statistics/random.js";

export type Interval = readonly [low: number, high: number];

export interface Resampling {
  readonly seed: number;
  readonly resamples: number;
}

export const RESAMPLING: Resampling = { seed: 20_240_817, resamples: 1_000 };

/** [counts] → the statistic. */
export type Statistic = (sums: Float64Array) => number;

/** The sum of a column over rows that may repeat. A loop and not a reduction: it is run some thousand times a score. */
function sumOf(column: Uint32Array, rows: Uint32Array): number {
  let sum = 0;
  for (const row of rows) sum += column[row]!;
  return sum;
}

/** The statistic over rows drawn with replacement, `resamples` times, ascending. */
function resample(
  columns: readonly Uint32Array[],
  statistic: Statistic,
  { seed, resamples }: Resampling,
): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const random = seeded(seed);
  const drawn = new Uint32Array(rows);
  const sums = new Float64Array(columns.length);
  const values = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let at = 0; at < rows; at++) drawn[at] = random() * rows;
    for (const [c, column] of columns.entries()) sums[c] = sumOf(column, drawn);
    values[i] = statistic(sums);
  }
  return values.sort();
}

function interval95(sorted: Float64Array): Interval {
  return [quantileOfSorted(sorted, 0.025), quantileOfSorted(sorted, 0.975)];
}

export function sumsOf(columns: readonly Uint32Array[]): Float64Array {
  return Float64Array.from(columns, (column) => column.reduce((sum, one) => sum + one, 0));
}

/**
 * 95% percentile interval of a statistic of sums over rows, by resampling rows with replacement.
 * `columns`: what each row adds, [counts][rows], all of the same length; `statistic` takes the sums.
 */
export function bootstrap(
  columns: readonly Uint32Array[],
  statistic: Statistic,
  resampling: Resampling = RESAMPLING,
): Interval {
  return interval95(resample(columns, statistic, resampling));
}

/** One system's score minus the other's, on the same rows. */
export interface Difference {
  readonly difference: number;
  readonly ci95: Interval;
  /** Share of the resamples in which the one is no better than the other: a one-sided test's p, 0 to 1. */
  readonly at_most_zero: number;
}

/**
 * Paired bootstrap: every resample draws the same rows for both, so that rows which are hard for both cancel out.
 * `one`, `other`: [counts][rows] as of `bootstrap`; a row has the same place in both. @throws RangeError when they can't have
 */
export function bootstrapDifference(
  one: readonly Uint32Array[],
  other: readonly Uint32Array[],
  statistic: Statistic,
  resampling: Resampling = RESAMPLING,
): Difference {
  const columns = [...one, ...other];
  if (columns.some(({ length }) => length !== columns[0]?.length)) throw new RangeError("columns of unequal length");
  const minus: Statistic = (sums) => statistic(sums.subarray(0, one.length)) - statistic(sums.subarray(one.length));
  const values = resample(columns, minus, resampling);
  return {
    difference: minus(sumsOf(columns)),
    ci95: interval95(values),
    at_most_zero: values.filter((value) => value <= 0).length / values.length,
  };
}
