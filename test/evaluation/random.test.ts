import { expect, test } from "vitest";
import { choose, seeded } from "../../src/evaluation/random.js";

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
