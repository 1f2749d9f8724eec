import { join } from "node:path";
import type { BatchItem, Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { discoverBundles } from "../../../src/bundle/discover.js";
import { loadModel } from "../../../src/engines/decoder/model.js";
import { PrefixLm, wholePrompts } from "../../../src/engines/decoder/prefix-lm.js";
import { buildPrompt, labelRanges } from "../../../src/engines/decoder/prompt.js";

const prompt = (length: number): BatchItem => ({
  tokens: new Array<Token>(length).fill(0 as Token),
  logits: [],
  evaluationPriority: 5,
});

describe("wholePrompts", () => {
  test("hands over every prompt whole", () => {
    const items = [prompt(7), prompt(7)];
    expect(wholePrompts({ items, size: 14 }, 2)).toEqual(items.map((item) => ({ item, processAmount: 7 })));
  });

  test.each([
    ["prompts of two lengths", [7, 8], 100, 2],
    ["fewer prompts than were handed over", [7], 100, 2],
    ["more prompts than were handed over", [7, 7, 7], 100, 2],
    ["more tokens than one batch", [7, 7], 13, 2],
  ])("fails on %s", (_name, lengths, size, expected) => {
    expect(() => wholePrompts({ items: lengths.map(prompt), size }, expected)).toThrow("a batch of prompts of");
  });
});

test("a batch that fails leaves nothing behind, and attention goes both ways", async () => {
  const { bundles } = await discoverBundles(join(import.meta.dirname, "../../../models"));
  const bundle = bundles.find(({ manifest }) => manifest.model.engine === "single-pass")!;
  const { model: spec, tasks } = bundle.manifest;
  if (spec.engine !== "single-pass") throw new Error("no decoder in models/");

  const loaded = await loadModel(bundle.path(spec.file), 1, false);
  const batch = { maxSequences: 2, maxTokens: 64 };
  const lm = await PrefixLm.create(loaded.model, labelRanges(spec, tasks), { threads: 1, batch, longestPrompt: 32 });
  const intent = (...ids: number[]) => buildPrompt(spec, { tasks: ["intent"], ids, words: [] });

  const before = await lm.read([intent(300, 400, 500), intent(300, 400, 501)]);
  await expect(lm.read([intent(300, 400, 500), intent(300, 400)])).rejects.toThrow("a batch of prompts of 5, 4 tokens");
  expect(await lm.read([intent(300, 400, 500), intent(300, 400, 501)])).toEqual(before);
  // The read-out stands before the token that differs.
  expect(before[0]![0]).not.toEqual(before[1]![0]);

  await lm[Symbol.asyncDispose]();
  await loaded[Symbol.asyncDispose]();
});
