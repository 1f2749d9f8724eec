import { describe, expect, test } from "vitest";
import { estimateTokens, mayExceed } from "../../src/scheduling/estimate.js";
import { prepareText } from "../../src/text/prepare.js";

const prepare = (text: string) => prepareText(text, { nfkc: true, lowercase: true });
const limits = { max_tokens: 64 };

test("a short sentence has about a token a word, and the frame of its prompt", () => {
  expect(estimateTokens(prepare("wake me up at nine on friday"), limits)).toBe(10);
});

test("punctuation counts, and a long word counts as several tokens", () => {
  expect(estimateTokens(prepare("hi!"), limits)).toBe(5);
  expect(estimateTokens(prepare("antidisestablishmentarianism"), limits)).toBe(8);
});

test("no text weighs more than what a model reads of it", () => {
  expect(estimateTokens(prepare("word ".repeat(1000)), limits)).toBe(67);
});

describe("mayExceed", () => {
  test("a text of fewer bytes than tokens are allowed can't be too long, one of more may be", () => {
    expect(mayExceed(prepare("abc"), 4)).toBe(false); // with the space before it
    expect(mayExceed(prepare("abcd"), 4)).toBe(true);
  });

  test("bytes are counted as the model is given them: one letter may become eighteen", () => {
    expect(mayExceed(prepare("\uFDFA"), 18)).toBe(true);
  });
});
