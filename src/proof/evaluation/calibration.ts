/** A confidence that was given, 0 to 1, and whether what it was given to was right. */
export interface Bet {
  readonly confidence: number;
  readonly correct: boolean;
  /** The confidences of the labels that it could have been given to instead; absent for a span. */
  readonly others?: readonly number[] | undefined;
}

const BINS = 15;

/**
 * Expected calibration error over bins of equal mass (Nguyen and O'Connor 2015): how far, on average, the share of
 * right answers lies from the confidence. Equal confidences keep their order. 0 for no bets.
 */
export function expectedCalibrationError(bets: readonly Bet[], bins = BINS): number {
  const sorted = bets.toSorted((a, b) => a.confidence - b.confidence);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * sorted.length) / bins);
    const to = Math.floor(((bin + 1) * sorted.length) / bins);
    // |right - expected| is the bin's gap times its size, so the weighted mean needs one division at the end.
    let gap = 0;
    for (const bet of sorted.slice(from, to)) gap += Number(bet.correct) - bet.confidence;
    error += Math.abs(gap);
  }
  return bets.length === 0 ? 0 : error / bets.length;
}
