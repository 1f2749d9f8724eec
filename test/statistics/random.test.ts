import { expect, test } from "vitest";
import { choose, sampleOf, seeded } from "../../src/statistics/random.js";

test("numbers are spread over [0, 1)", () => {
  const random = seeded(3);
  const numbers = Array.from({ length: 10_000 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = numbers.reduce<number[]>(
    (counts, n) => counts.with(Math.floor(n * 10), counts[Math.floor(n * 10)]! + 1),
    Array<number>(10).fill(0),
  );
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(120); // four standard deviations
});

test("every choice is made, and none where there is none", () => {
  const random = seeded(3);
  expect(new Set(Array.from({ length: 100 }, () => choose(["a", "b", "c"], random)))).toEqual(new Set(["a", "b", "c"]));
  expect(() => choose([], random)).toThrow(RangeError);
});

test.each([
  [10, 3, 3],
  [10, 10, 10],
  [3, 5, 3],
  [0, 5, 0],
])("of %i rows a sample of %i has %i, ascending and none twice", (rows, size, expected) => {
  const sample = sampleOf(rows, size, seeded(4));
  expect(sample).toHaveLength(expected);
  expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b));
  expect(sample.every((row) => row >= 0 && row < rows)).toBe(true);
});

test("every row is as likely to be in a sample as another", () => {
  const random = seeded(6);
  const counts = Array<number>(8).fill(0);
  for (let i = 0; i < 4_000; i++) for (const row of sampleOf(8, 2, random)) counts[row]! += 1;
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(110); // four standard deviations
});
