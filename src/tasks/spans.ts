import type { PreparedText } from "../text/prepare.js";
import { decodeBio, type TagSet } from "./bio.js";
import { calibrateSpan, type SpanCalibration } from "./calibration.js";
import { assertFinite, logSoftmax, softmax } from "./softmax.js";

/** A slot's value where the text says it. */
export interface Slot {
  readonly name: string;
  /** `text.slice(start, end)`: the surface, not a normalised value. */
  readonly value: string;
  /** Half-open, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

/** How tags' logits become the confidence of a span. */
export interface SpanScale {
  readonly temperature: number;
  readonly span_calibration?: SpanCalibration | undefined;
}

/**
 * The slots of a text, in its order.
 *
 * logits: [words that were read][tags], unnormalised; a text that was cut has fewer rows than words.
 * decoded: the tags of these words, where something besides the logits has a say in them.
 * @throws NonFiniteScoreError
 */
export function readSlots(
  text: PreparedText,
  logits: readonly Float32Array[],
  tags: TagSet,
  scale: SpanScale,
  decoded?: Int32Array,
): Slot[] {
  for (const row of logits) assertFinite(row);
  // The same path is best by logits and by probabilities: only words of slots need the exponentials.
  const path = decoded ?? decodeBio(logits, tags).tags;
  return slotRuns(path, tags).map((run) => {
    const { name, from, to } = run;
    const { start } = text.words[from]!;
    const { end } = text.words[to - 1]!;
    return {
      name,
      value: text.text.slice(start, end),
      start,
      end,
      confidence: spanConfidence(logits, path, run, tags, scale),
    };
  });
}

/** Runs of words [from, to) that a path of tags gives to one slot. The path keeps the BIO constraints. */
export function slotRuns(path: Int32Array, { slots, begins }: TagSet): { name: string; from: number; to: number }[] {
  const runs: { name: string; from: number; to: number }[] = [];
  for (const [word, tag] of path.entries()) {
    const name = slots[tag];
    if (name === undefined) continue;
    const last = runs.at(-1);
    if (begins[tag]! < 0) runs.push({ name, from: word, to: word + 1 });
    else if (last) last.to = word + 1;
  }
  return runs;
}

/**
 * How sure a span is: the product of the probabilities of its words' tags; when it is calibrated, by their geometric mean, since
 * a long span is wrong less often than the product says, with the probability that the span goes on no further.
 * logits: [words][tags]
 */
function spanConfidence(
  logits: readonly Float32Array[],
  path: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
  { begins }: TagSet,
  { temperature, span_calibration: calibration }: SpanScale,
): number {
  let logProbability = 0;
  for (let word = from; word < to; word++) logProbability += logSoftmax(logits[word]!, temperature)[path[word]!]!;
  if (!calibration) return Math.exp(logProbability);
  const inside = begins.indexOf(path[from]!);
  if (to < logits.length && inside >= 0) logProbability += Math.log1p(-softmax(logits[to]!, temperature)[inside]!);
  return calibrateSpan(Math.exp(logProbability / (to - from)), calibration);
}
