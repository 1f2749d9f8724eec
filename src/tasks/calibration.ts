/** What a bundle says of how far its model's log-odds may be believed, fitted by `training/calibrate.py`. */
export interface MarginCalibration {
  readonly scale: number;
  readonly power: number;
}

export interface SpanCalibration {
  readonly scale: number;
  readonly shift: number;
}

/** As sure as a 32-bit score can be: keeps log-odds finite. */
const SUREST = 1 - 1e-6;

export function logOdds(probability: number): number {
  const kept = Math.min(SUREST, Math.max(1 - SUREST, probability));
  return Math.log(kept / (1 - kept));
}

/** The inverse of `logOdds`. */
export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/**
 * Probabilities of labels, again with the sum of 1 and in the same order: where a label was behind the best one by a factor of
 * exp(m), it is now by exp(scale · m ** power). A power of 1 is a temperature of 1 / scale.
 */
export function calibrateMargins(probabilities: Float32Array, { scale, power }: MarginCalibration): Float32Array {
  let largest = 0;
  for (const probability of probabilities) largest = Math.max(largest, probability);
  const factors = probabilities.map((probability) => Math.exp(-scale * Math.log(largest / probability) ** power));
  const sum = factors.reduce((a, b) => a + b, 0);
  return factors.map((factor) => factor / sum);
}

/** Platt scaling (Platt 1999) of the log-odds of a span. */
export function calibrateSpan(probability: number, { scale, shift }: SpanCalibration): number {
  return sigmoid(scale * logOdds(probability) + shift);
}
