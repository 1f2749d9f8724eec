import { softmax } from "./softmax.js";

export interface Label {
  readonly name: string;
  /** Calibrated probability. */
  readonly confidence: number;
}

/** A part of a text, its scores and its weight in tokens. */
export interface WeightedLogits {
  readonly logits: Float32Array;
  readonly tokens: number;
}

/** The labels, most probable first; equals keep the order of `labels`. */
export function rankLabels(probabilities: Float32Array, labels: readonly string[]): Label[] {
  return labels.map((name, i) => ({ name, confidence: probabilities[i]! })).sort((a, b) => b.confidence - a.confidence);
}

/**
 * Probabilities of a text read in windows: the mean of the windows' probabilities, weighted by their tokens.
 * One window gives its own softmax. @throws NonFiniteScoreError
 */
export function averageWindows(windows: readonly WeightedLogits[], temperature: number): Float32Array {
  const weights = windows.map(({ tokens }) => Math.max(tokens, 1)); // a text of white space has no token, but an answer
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = new Float64Array(windows[0]?.logits.length ?? 0);
  for (const [i, { logits }] of windows.entries()) {
    const share = weights[i]! / total;
    const probabilities = softmax(logits, temperature);
    for (let label = 0; label < mean.length; label++) mean[label]! += share * probabilities[label]!;
  }
  return Float32Array.from(mean);
}

/** Groups of labels, best first. A group's probability is the sum of its labels'. `groups`: group by label. */
export function rankGroups(
  probabilities: Float32Array,
  labels: readonly string[],
  groups: Readonly<Record<string, string>>,
): Label[] {
  const sums = new Map<string, number>();
  for (const [i, label] of labels.entries()) {
    const group = groups[label] ?? label;
    sums.set(group, (sums.get(group) ?? 0) + probabilities[i]!);
  }
  return [...sums].map(([name, confidence]) => ({ name, confidence })).sort((a, b) => b.confidence - a.confidence);
}
