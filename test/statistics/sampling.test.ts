import { expect, test } from "vitest";
import { seeded } from "../../src/statistics/random.js";
import { sampler } from "../../src/statistics/sampling.js";

test.each([
  [0, 0, 0],
  [0.1, 950, 1050],
  [1, 10_000, 10_000],
])("with a share of %d of 10,000 between %d and %d are taken", (share, least, most) => {
  const next = sampler(share, seeded(7));
  const taken = Array.from({ length: 10_000 }, next).filter(Boolean).length;
  expect(taken).toBeGreaterThanOrEqual(least);
  expect(taken).toBeLessThanOrEqual(most);
});
