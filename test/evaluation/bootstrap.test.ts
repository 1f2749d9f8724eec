import { expect, test } from "vitest";
import { bootstrap } from "../../src/evaluation/bootstrap.js";
import { seeded } from "../../src/evaluation/random.js";

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
