import type { PreparedText } from "../text/prepare.js";
import { decodeBio, type TagSet } from "./bio.js";
import { assertFinite, logSoftmax } from "./softmax.js";

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
  temperature: number,
  decoded?: Int32Array,
): Slot[] {
  for (const row of logits) assertFinite(row);
  // The same path is best by logits and by probabilities: only words of slots need the exponentials.
  const path = decoded ?? decodeBio(logits, tags).tags;
  return slotRuns(path, tags).map(({ name, from, to }) => {
    const { start } = text.words[from]!;
    const { end } = text.words[to - 1]!;
    return {
      name,
      value: text.text.slice(start, end),
      start,
      end,
      confidence: spanConfidence(logits, path, from, to, temperature),
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

/** How sure a span is: the product of the probabilities of its words' tags. logits: [words][tags] */
function spanConfidence(
  logits: readonly Float32Array[],
  path: Int32Array,
  from: number,
  to: number,
  temperature: number,
): number {
  let logProbability = 0;
  for (let word = from; word < to; word++) logProbability += logSoftmax(logits[word]!, temperature)[path[word]!]!;
  return Math.exp(logProbability);
}
