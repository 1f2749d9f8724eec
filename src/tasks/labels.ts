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

/** Windows agree more often than if they had been drawn apart: at 1 they would count as independent, at 0 as one. */
const INDEPENDENCE = 0.25;

/**
 * Scores of a text read in windows: the mean of the windows' scores, weighted by their tokens, and the larger the more
 * windows there are. One window gives its own scores.
 */
export function poolWindows(windows: readonly WeightedLogits[]): Float32Array {
  const weights = windows.map(({ tokens }) => Math.max(tokens, 1)); // a text of white space has no token, but an answer
  const total = weights.reduce((a, b) => a + b, 0);
  const gain = (total / Math.max(...weights)) ** INDEPENDENCE;
  const pooled = new Float64Array(windows[0]?.logits.length ?? 0);
  for (const [i, { logits }] of windows.entries()) {
    const share = (gain * weights[i]!) / total;
    for (let label = 0; label < pooled.length; label++) pooled[label]! += share * logits[label]!;
  }
  return Float32Array.from(pooled);
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
