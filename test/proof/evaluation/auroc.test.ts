import { expect, test } from "vitest";
import { auroc } from "../../../src/proof/evaluation/auroc.js";

test.each([
  ["every positive is above every negative", [0.9, 0.8], [0.1, 0.2, 0.3], 1],
  ["every positive is below", [0.1], [0.2, 0.3], 0],
  ["nothing tells them apart", [0.5, 0.5], [0.5, 0.5, 0.5], 0.5],
  ["three of four pairs are in order", [0.4, 0.2], [0.3, 0.1], 3 / 4],
  ["a tie is half a pair", [0.5, 0.2], [0.5, 0.1], (0.5 + 1 + 0 + 1) / 4],
  // Of 0.7: above 0.6 and 0.2, level with 0.7 and 0.7: 3. Of each 0.2: level with 0.2: 0.5.
  ["ties of several on both sides", [0.2, 0.7, 0.2], [0.7, 0.2, 0.7, 0.6], (3 + 0.5 + 0.5) / 12],
  ["one of each", [1], [0], 1],
  ["scores are numbers, not words", [10], [9, 2], 1],
])("%s", (_name, positives, negatives, area) => {
  expect(auroc(positives, negatives)).toBeCloseTo(area, 12);
  expect(auroc(negatives, positives)).toBeCloseTo(1 - area, 12);
});

test("it is the share of the pairs in order, also of many", () => {
  const scores = (count: number, step: number) => Array.from({ length: count }, (_, i) => (i * step) % 101);
  const [positives, negatives] = [scores(300, 37), scores(500, 53)];
  const pairs = positives.flatMap((one) => negatives.map((other) => (Math.sign(one - other) + 1) / 2));
  const inOrder = pairs.reduce((sum, pair) => sum + pair, 0);
  expect(auroc(positives, negatives)).toBeCloseTo(inOrder / pairs.length, 12);
});

test("without scores of both kinds there is none", () => {
  expect([auroc([], [0.5]), auroc([0.5], [])]).toEqual([NaN, NaN]);
});
