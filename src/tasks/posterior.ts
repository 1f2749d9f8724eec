import type { TagSet } from "./bio.js";

/** Words [from, to) that a path of tags gives to one slot. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** What sequences of tags weigh together. */
interface Weight {
  /** [tags + 1] Shares of the sequences that end in each tag; the last: of the one without a word. */
  readonly shares: Float64Array;
  /** Logarithm of the weight of all of them. */
  readonly log: number;
}

/**
 * How probable each span of a path is: of all sequences of tags, each of which weighs exp(its score), the share of those that have
 * just this span. Sequences differ in the span's words and in one word to each side of it; what lies beyond keeps its tags,
 * which costs nothing of what the share tells (docs/decisions.md). The scores, transitions and penalties are those that the
 * path was decoded with.
 *
 * runs: those of `path`; scores: [words][tags], finite; penalties: [tags]
 */
export function spanPosteriors(
  runs: readonly Run[],
  path: Int32Array,
  scores: readonly Float32Array[],
  set: TagSet,
  penalties?: Float64Array,
): number[] {
  const size = set.begins.length;
  return runs.map(({ from, to }) => {
    const first = Math.max(0, from - 1);
    const rows = scores.slice(first, to + 1).map((row) => weightsOf(row, penalties));
    const inside = set.begins.indexOf(path[from]!);
    const rowsWithSpan = rows.map((row, i) => {
      const word = first + i;
      if (word < from) return row;
      return word < to ? only(row, path[word]!) : without(row, inside);
    });
    const opening = first === 0 ? size : path[first - 1]!;
    const closing = path[to + 1];
    return Math.min(
      1,
      Math.exp(logWeight(rowsWithSpan, opening, closing, set) - logWeight(rows, opening, closing, set)),
    );
  });
}

/** Weights are told apart down to exp of this. Above 0, they leave no span without rivals and no rivals without a weight. */
const LEAST = -500;

/** exp of each tag's score; the largest is 1. */
function weightsOf(row: Float32Array, penalties: Float64Array | undefined): Float64Array {
  const weights = Float64Array.from(row);
  if (penalties) for (let tag = 0; tag < weights.length; tag++) weights[tag]! += penalties[tag]!;
  let largest = -Infinity;
  for (const weight of weights) largest = Math.max(largest, weight);
  for (let tag = 0; tag < weights.length; tag++) weights[tag] = Math.exp(Math.max(LEAST, weights[tag]! - largest));
  return weights;
}

function only(weights: Float64Array, tag: number): Float64Array {
  const kept = new Float64Array(weights.length);
  kept[tag] = weights[tag]!;
  return kept;
}

/** tag: -1 for none. */
function without(weights: Float64Array, tag: number): Float64Array {
  const kept = weights.slice();
  if (tag >= 0) kept[tag] = 0;
  return kept;
}

/**
 * Logarithm of what all sequences weigh that follow the tag `opening`, or the row of `transitions` that opens a text, and are
 * followed by the tag `closing`. weights: [words][tags]
 */
function logWeight(
  weights: readonly Float64Array[],
  opening: number,
  closing: number | undefined,
  set: TagSet,
): number {
  const size = set.begins.length;
  const start = new Float64Array(size + 1);
  start[opening] = 1;
  const end = weights.reduce<Weight>((so, row) => extended(so, row, set.factors), { shares: start, log: 0 });
  if (closing === undefined) return end.log;
  let sum = 0;
  for (let tag = 0; tag < size; tag++) sum += end.shares[tag]! * set.factors[tag * size + closing]!;
  return end.log + Math.log(sum);
}

/** One word further. */
function extended({ shares, log }: Weight, weights: Float64Array, factors: Float64Array): Weight {
  const size = weights.length;
  const next = new Float64Array(size + 1);
  const single = onlyOne(weights);
  for (let before = 0; before <= size; before++) {
    const share = shares[before]!;
    if (share === 0) continue;
    const row = before * size;
    if (single >= 0) next[single]! += share * factors[row + single]!;
    else for (let tag = 0; tag < size; tag++) next[tag]! += share * factors[row + tag]!;
  }
  let sum = 0;
  for (let tag = 0; tag < size; tag++) sum += next[tag]! *= weights[tag]!;
  for (let tag = 0; tag < size; tag++) next[tag]! /= sum;
  return { shares: next, log: log + Math.log(sum) };
}

/** The tag that alone has a weight; -1 where several have. */
function onlyOne(weights: Float64Array): number {
  const tag = weights.findIndex((weight) => weight > 0);
  return weights.findLastIndex((weight) => weight > 0) === tag ? tag : -1;
}
