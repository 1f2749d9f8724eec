/** How much one run of a model may hold, and how long it may wait for that. */
export interface BatchLimits {
  readonly maxSequences: number;
  /** Tokens over all prompts. A prompt that alone exceeds it makes a batch of its own. */
  readonly maxTokens: number;
  /** Longest time that a batch waits to become full, milliseconds; none by default. */
  readonly maxWaitMs?: number;
}

/**
 * The next batch: the longest waiting prompt, and others of the SAME length in order of arrival. Returns their indexes.
 *
 * Equal lengths only, because llama.cpp cuts a batch of unequal sequences into pieces of equal length; attention goes both
 * ways here, so each piece would see but itself and the answers would change silently.
 * lengths: [waiting prompts] tokens, in order of arrival. O(waiting).
 */
export function nextBatch(lengths: readonly number[], limits: BatchLimits): number[] {
  const [head] = lengths;
  if (head === undefined) return [];
  const room = roomFor(head, limits);
  const batch: number[] = [];
  for (let i = 0; i < lengths.length && batch.length < room; i++) {
    if (lengths[i] === head) batch.push(i);
  }
  return batch;
}

/**
 * How long the next batch is worth waiting for, milliseconds: until it will be full, when prompts come so fast that at least
 * one more is there in the longest time allowed. A lone prompt, as on an idle server, never waits.
 * perMs: prompts that have lately come in a millisecond.
 */
export function waitForBatch(lengths: readonly number[], perMs: number, limits: BatchLimits): number {
  const { maxWaitMs = 0 } = limits;
  const [head] = lengths;
  if (head === undefined || perMs * maxWaitMs < 1) return 0;
  const missing = roomFor(head, limits) - nextBatch(lengths, limits).length;
  return Math.min(maxWaitMs, missing / perMs);
}

function roomFor(length: number, { maxSequences, maxTokens }: BatchLimits): number {
  return Math.max(1, Math.min(maxSequences, Math.floor(maxTokens / length)));
}
