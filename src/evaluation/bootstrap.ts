import { seeded } from "./random.js";

export type Interval = readonly [low: number, high: number];

export interface Resampling {
  readonly seed: number;
  readonly resamples: number;
}

export const RESAMPLING: Resampling = { seed: 20_240_817, resamples: 1_000 };

/** Linear interpolation between the order statistics, as NumPy's default. `sorted`: ascending, not empty. */
function quantile(sorted: Float64Array, fraction: number): number {
  const at = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * 95% percentile interval of a statistic of sums over rows, by resampling rows with replacement.
 * `columns`: what each row adds, [counts][rows], all of the same length; `statistic` takes the sums, [counts].
 */
export function bootstrap(
  columns: readonly Uint32Array[],
  statistic: (sums: Float64Array) => number,
  { seed, resamples }: Resampling = RESAMPLING,
): Interval {
  const rows = columns[0]?.length ?? 0;
  const random = seeded(seed);
  const sums = new Float64Array(columns.length);
  const values = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    sums.fill(0);
    for (let drawn = 0; drawn < rows; drawn++) {
      const row = Math.floor(random() * rows);
      columns.forEach((column, c) => (sums[c]! += column[row]!));
    }
    values[i] = statistic(sums);
  }
  values.sort();
  return [quantile(values, 0.025), quantile(values, 0.975)];
}
