import { decodeBio, type TagSet } from "./bio.js";

// On MASSIVE dev the fourth and fifth intent never win by their slots what the first three don't.
const CANDIDATES = 3;

/** An intent and slots that go together. */
export interface JointDecision {
  /** [intents], which sum to what they summed to before. The most probable, the first of equals, has been decided on. */
  readonly intents: Float32Array;
  /** [words] The best tags under that intent. */
  readonly path: Int32Array;
}

/**
 * Decides on intent and slots together, among the most probable intents.
 *
 * With p the intent's probability and S the score of the best path under it, an intent is as probable as p · exp(S) says in
 * comparison with the other candidates; together they keep the probability that they had.
 *
 * intents: [intents] calibrated probabilities; scores: [words][tags] logits; penalties: those of `set`.
 */
export function decideJointly(
  intents: Float32Array,
  scores: readonly Float32Array[],
  set: TagSet,
  penalties: readonly Float64Array[],
): JointDecision {
  const candidates = likeliest(intents);
  const paths = candidates.map((intent) => decodeBio(scores, set, penalties[intent]));
  // In logarithms: of two vanishing numbers the larger must not vanish.
  const logs = candidates.map((intent, i) => Math.log(intents[intent]!) + paths[i]!.score);
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const share = sum(candidates.map((intent) => intents[intent]!)) / sum(weights);
  const decided = intents.slice();
  for (const [i, intent] of candidates.entries()) decided[intent] = weights[i]! * share;
  // The winner has a third of the candidates' probability at least, and no other intent has more than that.
  const winner = candidates.reduce((best, intent) => (decided[intent]! > decided[best]! ? intent : best));
  return { intents: decided, path: paths[candidates.indexOf(winner)]!.tags };
}

/** The candidates in the order of the labels, so that of equals the first is found first. */
function likeliest(probabilities: Float32Array): number[] {
  const ranked = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  return ranked.slice(0, CANDIDATES).sort((a, b) => a - b);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
