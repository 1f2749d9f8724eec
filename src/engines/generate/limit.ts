import type { LlamaModel } from "node-llama-cpp";
import type { AnswerSchema } from "./grammar.js";

/** The most tokens of an answer to a text of so many tokens and words. */
export type AnswerLimit = (textTokens: number, words: number) => number;

/**
 * A limit that no answer of the schema needs to exceed: every word a slot of its own, with the longest name. A model may spell
 * in other pieces than its tokenizer does, hence bytes that are counted as tokens wherever they are few: what is written
 * before the slots is never cut, nor is an answer without them.
 */
export function answerLimit({ intent, slots, topic }: AnswerSchema, model: Pick<LlamaModel, "tokenize">): AnswerLimit {
  const frame = '{"intent":"","slots":[],"topic":""}'.length;
  const slotFrame = '{"":""},'.length;
  const labels = longest(intent, spelt) + longest(topic, spelt);
  const slotName = longest(slots, (name) => 2 * model.tokenize(name, false).length);
  return (textTokens, words) => frame + labels + (slots ? 2 * textTokens + words * (slotFrame + slotName) : 0);
}

function longest(names: readonly string[] = [], length: (name: string) => number): number {
  return Math.max(0, ...names.map(length));
}

/** Bytes of a label between the quotes. */
function spelt(name: string): number {
  return Buffer.byteLength(JSON.stringify(name)) - '""'.length;
}
