import { expect, test } from "vitest";
import { Backoff } from "../../src/workers/backoff.js";

const create = () => new Backoff({ healthyMs: 2_000, firstMs: 250, mostMs: 1_000 });

test("the first failure costs no delay, each further one in a row twice as much, up to a bound", () => {
  const backoff = create();
  expect([10_000, 0, 0, 0, 0, 0].map((wellMs) => backoff.delayAfter(wellMs))).toEqual([
    0, 250, 500, 1_000, 1_000, 1_000,
  ]);
});

test("a worker that was well for a while is forgiven what happened before, one that was not is not", () => {
  const backoff = create();
  expect([0, 0, 1_999, 2_000, 1_000].map((wellMs) => backoff.delayAfter(wellMs))).toEqual([0, 250, 500, 0, 250]);
});
