import { expect, test } from "vitest";
import { quantileOf } from "../../src/statistics/quantile.js";

test.each([
  [[3, 1, 2], 0.5, 2],
  [[1, 2, 3, 4], 0.5, 2.5],
  [[10, 20], 0.95, 19.5],
  [[7], 0.95, 7],
])("the quantile of %j at %d is %d", (values, fraction, expected) => {
  expect(quantileOf(values, fraction)).toBeCloseTo(expected);
});

test("the quantile of nothing is no number", () => {
  expect(quantileOf([], 0.5)).toBeNaN();
});
