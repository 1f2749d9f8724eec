/** A stream of numbers in [0, 1) that is the same for the same seed everywhere: mulberry32. Not for secrets. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `size` of the numbers 0 to `rows` - 1, ascending, every choice as likely as another; all of them when there are fewer. */
export function sampleOf(rows: number, size: number, random: Random): number[] {
  const sample: number[] = [];
  for (let row = 0; row < rows; row++) {
    // Of the rows that are left, as many as are still wanted: Knuth's selection sampling.
    if (random() * (rows - row) < size - sample.length) sample.push(row);
  }
  return sample;
}

/** @throws RangeError when there is nothing to choose from. */
export function choose<T>(choices: readonly T[], random: Random): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError("nothing to choose from");
  return chosen;
}
