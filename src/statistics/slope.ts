import { quantileOf } from "./quantile.js";

/**
 * Slope of `ys` over `xs` by Theil and Sen: the median of the slopes of all pairs, which a third of wild points does not move.
 * NaN of fewer than two different xs. O(points²).
 */
export function theilSen(xs: readonly number[], ys: readonly number[]): number {
  const slopes = xs.flatMap((x, i) =>
    xs.slice(0, i).flatMap((earlier, j) => (x === earlier ? [] : [(ys[i]! - ys[j]!) / (x - earlier)])),
  );
  return quantileOf(slopes, 0.5);
}
