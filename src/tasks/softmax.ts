/** Scores that are no numbers: a broken model or runtime, never a caller's fault. */
export class NonFiniteScoreError extends RangeError {
  constructor(index: number, value: number) {
    super(`score ${index} is ${value}`);
    this.name = new.target.name;
  }
}

// Plain loops: `entries`, `map` and `reduce` take several times as long, and these run for every word of every text.

/** @throws NonFiniteScoreError for NaN and the infinities, which would spread silently over every probability. */
export function assertFinite(logits: Float32Array): void {
  for (let i = 0; i < logits.length; i++) {
    if (!Number.isFinite(logits[i])) throw new NonFiniteScoreError(i, logits[i]!);
  }
}

/**
 * Natural log-probabilities of logits divided by a temperature (> 0; above 1 makes a model less sure of itself).
 * @throws NonFiniteScoreError
 */
export function logSoftmax(logits: Float32Array, temperature: number): Float32Array {
  assertFinite(logits);
  // The largest is taken off first, so that no exponential overflows.
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - largest) / temperature);
  const offset = Math.log(sum);
  const scores = new Float32Array(logits.length);
  for (let i = 0; i < logits.length; i++) scores[i] = (logits[i]! - largest) / temperature - offset;
  return scores;
}

/** Calibrated probabilities, which sum to 1. @throws NonFiniteScoreError */
export function softmax(logits: Float32Array, temperature: number): Float32Array {
  const scores = logSoftmax(logits, temperature);
  for (let i = 0; i < scores.length; i++) scores[i] = Math.exp(scores[i]!);
  return scores;
}
