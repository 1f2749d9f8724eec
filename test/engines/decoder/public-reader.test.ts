import type { BatchItem, Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { wholePrompts } from "../../../src/engines/decoder/public-reader.js";

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
