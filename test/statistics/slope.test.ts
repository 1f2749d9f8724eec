import { expect, test } from "vitest";
import { theilSen } from "../../src/statistics/slope.js";

test("a line has its slope", () => {
  expect(theilSen([0, 1, 2, 5], [7, 9, 11, 17])).toBe(2);
});

test("a few wild points do not move it", () => {
  const xs = Array.from({ length: 30 }, (_, i) => i);
  const ys = xs.map((x) => (x % 7 === 3 ? 1000 : 3 * x));
  expect(theilSen(xs, ys)).toBeCloseTo(3);
});

test("points at one place have none", () => {
  expect(theilSen([4, 4], [1, 2])).toBeNaN();
});
