import { existsSync } from "node:fs";
import { join } from "node:path";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { expect, test } from "vitest";
import { ELEVEN_TOKENS, SENTENCES } from "../../../src/proof/loadtest/sentences.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { prepareText } from "../../../src/text/prepare.js";

const GGUF = join(PACKAGE_ROOT, "models", "onepass-en", "decoder.gguf");

/** Per cent of MASSIVE's 11,514 English training utterances by their number of words; the last one: of 17 and more. */
const MASSIVE = [1.1, 3.8, 6.9, 11.0, 13.4, 14.5, 13.1, 10.2, 8.2, 5.4, 3.8, 2.7, 2.0, 1.2, 0.9, 0.6, 1.3];
const MEAN_WORDS = 6.92;

test("no sentence stands twice", () => {
  const all = [...SENTENCES, ...ELEVEN_TOKENS];
  expect(new Set(all).size).toBe(all.length);
});

test("the sentences are as long as MASSIVE's", () => {
  const words = SENTENCES.map((text) => text.split(" ").length);
  const shares = MASSIVE.map((_, i) => {
    const own = words.filter((count) => (i + 1 < MASSIVE.length ? count === i + 1 : count > i));
    return (100 * own.length) / words.length;
  });
  shares.forEach((share, i) => {
    expect(Math.abs(share - MASSIVE[i]!), `${i + 1} words`).toBeLessThan(2);
  });
  expect(words.reduce((sum, count) => sum + count, 0) / words.length).toBeCloseTo(MEAN_WORDS, 0.5);
});

test.skipIf(!existsSync(GGUF))("the decoder reads eleven tokens of each of the eleven-token prompts", async () => {
  const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
  const vocabulary = await llama.loadModel({ modelPath: GGUF, vocabOnly: true });
  const tokens = ELEVEN_TOKENS.map((text) => {
    const { pieces } = prepareText(text, { nfkc: true, lowercase: true });
    // The beginning and the intent's read-out stand before the text.
    return 2 + pieces.flatMap((piece) => vocabulary.tokenize(piece.text, false)).length;
  });
  await llama.dispose();
  expect(tokens).toEqual(ELEVEN_TOKENS.map(() => 11));
});
