/** How much one run of a model may hold. */
export interface BatchLimits {
  readonly maxSequences: number;
  /** Tokens over all prompts. A prompt that alone exceeds it makes a batch of its own. */
  readonly maxTokens: number;
}

/**
 * The next batch: the longest waiting prompt, and others of the SAME length in order of arrival. Returns their indexes.
 *
 * Equal lengths only, because llama.cpp cuts a batch of unequal sequences into pieces of equal length; attention goes both
 * ways here, so each piece would see but itself and the answers would change silently.
 * lengths: [waiting prompts] tokens, in order of arrival. O(waiting).
 */
export function nextBatch(lengths: readonly number[], { maxSequences, maxTokens }: BatchLimits): number[] {
  const [head] = lengths;
  if (head === undefined) return [];
  const room = Math.max(1, Math.min(maxSequences, Math.floor(maxTokens / head)));
  const batch: number[] = [];
  for (let i = 0; i < lengths.length && batch.length < room; i++) {
    if (lengths[i] === head) batch.push(i);
  }
  return batch;
}
