/** Scores that are no numbers: a broken model or runtime, never a caller's fault. */
export class NonFiniteScoreError extends RangeError {
  constructor(index: number, value: number) {
    super(`score ${index} is ${value}`);
    this.name = new.target.name;
  }
}

/** @throws NonFiniteScoreError for NaN and the infinities, which would spread silently over every probability. */
export function assertFinite(logits: Float32Array): void {
  for (const [index, value] of logits.entries()) {
    if (!Number.isFinite(value)) throw new NonFiniteScoreError(index, value);
  }
}

/**
 * Natural log-probabilities of logits divided by a temperature (> 0; above 1 makes a model less sure of itself).
 * @throws NonFiniteScoreError
 */
export function logSoftmax(logits: Float32Array, temperature: number): Float32Array {
  assertFinite(logits);
  // The largest is taken off first, so that no exponential overflows.
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - largest) / temperature);
  const offset = Math.log(sum);
  return logits.map((logit) => (logit - largest) / temperature - offset);
}

/** Calibrated probabilities, which sum to 1. @throws NonFiniteScoreError */
export function softmax(logits: Float32Array, temperature: number): Float32Array {
  return logSoftmax(logits, temperature).map(Math.exp);
}
