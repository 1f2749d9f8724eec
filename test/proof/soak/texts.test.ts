import { expect, test } from "vitest";
import { soakText } from "../../../src/proof/soak/texts.js";

const texts = Array.from({ length: 20_000 }, (_, i) => soakText(i, 1));
const lengths = texts.map((text) => text.split(" ").length);

test("no two texts are alike", () => {
  expect(new Set(texts).size).toBe(texts.length);
});

test("a text depends on its number and the seed alone", () => {
  expect(soakText(7, 1)).toBe(texts[7]);
  expect(soakText(7, 2)).not.toBe(texts[7]);
});

test("most are as long as what people say, every hundredth is long", () => {
  expect(lengths.filter((words) => words > 300)).toHaveLength(texts.length / 100);
  expect(lengths.filter((words) => words >= 3 && words <= 20)).toHaveLength((texts.length * 99) / 100);
  expect(new Set(lengths).size).toBeGreaterThan(15);
});
