import { expect, test } from "vitest";
import { ArrivalRate } from "../../src/engines/arrival-rate.js";

test("one prompt alone has no rate", () => {
  const rate = new ArrivalRate();
  expect(rate.perMs(0)).toBe(0);
  rate.add(1, 5);
  expect(rate.perMs(5)).toBe(0);
});

test("a prompt every two milliseconds is half a prompt in one", () => {
  const rate = new ArrivalRate();
  for (let now = 0; now <= 100; now += 2) rate.add(1, now);
  expect(rate.perMs(100)).toBeCloseTo(0.5);
});

test("prompts that come together come fast", () => {
  const rate = new ArrivalRate();
  for (let now = 0; now <= 100; now += 10) rate.add(20, now);
  expect(rate.perMs(100)).toBeGreaterThan(1);
});

test("a crowd that has gone is forgotten as the silence grows", () => {
  const rate = new ArrivalRate();
  for (let now = 0; now <= 100; now += 1) rate.add(1, now);
  expect(rate.perMs(101)).toBeCloseTo(1);
  expect(rate.perMs(200)).toBeCloseTo(0.01);
});
