import { expect, test } from "vitest";
import { didYouMean } from "../src/did-you-mean.js";

test.each([
  ["topk", ' Did you mean "top_k"?'],
  ["TEXT", ' Did you mean "text"?'],
  ["txet", ""], // two slips of four letters: any word of four could be meant
  ["language", ""],
  ["", ""],
])("%j: %j", (word, advice) => {
  expect(didYouMean(word, ["text", "top_k", "truncate"])).toBe(advice);
});

test("the nearest of several is meant, and of none nothing is said", () => {
  expect(didYouMean("ONEPASS_PROT", ["ONEPASS_HOST", "ONEPASS_PORT"])).toContain("ONEPASS_PORT");
  expect(didYouMean("text", [])).toBe("");
});
