import { expect, test } from "vitest";
import { bootstrap, bootstrapDifference } from "../../../src/proof/evaluation/bootstrap.js";
import { seeded } from "../../../src/statistics/random.js";

const share =
  (rows: number) =>
  ([sum]: Float64Array): number =>
    sum! / rows;

test("the same seed gives the same interval, another one another", () => {
  const column = Uint32Array.from({ length: 100 }, (_, i) => Number(i % 3 === 0));
  const run = (seed: number) => bootstrap([column], share(100), { seed, resamples: 200 });
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

test("rows that are all alike leave no doubt", () => {
  expect(bootstrap([new Uint32Array(50).fill(1)], share(50))).toEqual([1, 1]);
});

test("columns are resampled together", () => {
  // Every row counts 1 of 2; a ratio of sums can only be one half when rows stay whole.
  const [one, two] = [Uint32Array.from([1, 2, 3, 4]), Uint32Array.from([2, 4, 6, 8])];
  expect(bootstrap([one, two], ([a, b]) => a! / b!)).toEqual([0.5, 0.5]);
});

test("about 95 of 100 intervals hold the true value", () => {
  const random = seeded(11);
  const [rows, truth, trials] = [150, 0.7, 200];
  let held = 0;
  for (let trial = 0; trial < trials; trial++) {
    const column = Uint32Array.from({ length: rows }, () => Number(random() < truth));
    const [low, high] = bootstrap([column], share(rows), { seed: trial, resamples: 200 });
    held += Number(low <= truth && truth <= high);
  }
  expect(held / trials).toBeGreaterThan(0.9);
  expect(held / trials).toBeLessThan(0.99);
});

const column = (...values: number[]) => [Uint32Array.from(values)];

test("a difference of two rows, by hand", () => {
  // Two draws of two rows: neither is the first one in 1 of 4 cases (difference 0), one in 2 (0.5), both in 1 (1).
  const { difference, ci95, at_most_zero } = bootstrapDifference(column(1, 1), column(0, 1), share(2), {
    seed: 5,
    resamples: 4_000,
  });
  expect([difference, ci95]).toEqual([0.5, [0, 1]]);
  expect(at_most_zero).toBeCloseTo(0.25, 1);
});

test.each([
  ["a system and itself do not differ, however it varies", column(1, 0, 1, 0, 1), column(1, 0, 1, 0, 1), 0, [0, 0], 1],
  ["one better on every row is better for sure", column(1, 1, 1, 1, 1), column(0, 0, 0, 0, 0), 1, [1, 1], 0],
  ["the other way round it is worse for sure", column(0, 0, 0, 0, 0), column(1, 1, 1, 1, 1), -1, [-1, -1], 1],
])("%s", (_name, one, other, difference, ci95, atMostZero) => {
  expect(bootstrapDifference(one, other, share(5))).toEqual({ difference, ci95, at_most_zero: atMostZero });
});

test("rows are drawn for both together: what is hard for both leaves no doubt", () => {
  const hard = Array.from({ length: 200 }, (_, i) => Number(i % 2 === 0));
  const better = hard.map((right, i) => (i === 1 ? 1 : right)); // one row of 200 more
  const { ci95 } = bootstrapDifference(column(...better), column(...hard), share(200));
  expect(ci95[0]).toBe(0);
  expect(ci95[1]).toBeLessThan(0.03); // resampled apart it would be some 0.1
});

test("a ratio of sums is taken of each system before the two are subtracted", () => {
  const one = [Uint32Array.from([1, 1]), Uint32Array.from([2, 2])];
  const other = [Uint32Array.from([1, 1]), Uint32Array.from([4, 4])];
  expect(bootstrapDifference(one, other, ([a, b]) => a! / b!)).toEqual({
    difference: 0.25,
    ci95: [0.25, 0.25],
    at_most_zero: 0,
  });
});

test("the same seed gives the same difference, and columns of unequal length none", () => {
  const [one, other] = [column(1, 0, 1, 1, 0, 1, 0), column(0, 0, 1, 0, 1, 1, 0)];
  const run = (seed: number) => bootstrapDifference(one, other, share(7), { seed, resamples: 300 });
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  expect(() => bootstrapDifference(one, column(1), share(7))).toThrow(RangeError);
});
