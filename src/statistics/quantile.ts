/** Linear interpolation between the order statistics, as NumPy's default. `fraction`: 0 to 1. NaN of nothing. */
export function quantileOf(values: readonly number[] | Float64Array, fraction: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), fraction);
}

/** As `quantileOf`, of values that are in ascending order. */
export function quantileOfSorted(sorted: Float64Array, fraction: number): number {
  const at = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
