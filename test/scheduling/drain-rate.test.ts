import { expect, test } from "vitest";
import { DrainRate } from "../../src/scheduling/drain-rate.js";

test("nothing takes any time while nothing has been measured", () => {
  expect(new DrainRate(2).msFor(1000)).toBe(0);
});

test("a model that holds two texts for 10 ms each lets one go every 5 ms", () => {
  const rate = new DrainRate(2);
  for (let i = 0; i < 20; i++) rate.add(12, 10);
  expect(rate.msFor(12)).toBeCloseTo(5);
  expect(rate.msFor(120)).toBeCloseTo(50);
});

test("texts weigh by their tokens, so that a few long ones tell as much as many short ones", () => {
  const rate = new DrainRate(1);
  rate.add(10, 10);
  rate.add(90, 90);
  expect(rate.msFor(100)).toBeCloseTo(100);
});

test("a model that has become slower is known to be within some fifty texts", () => {
  const rate = new DrainRate(1);
  for (let i = 0; i < 200; i++) rate.add(10, 10);
  for (let i = 0; i < 50; i++) rate.add(10, 30);
  expect(rate.msFor(10)).toBeGreaterThan(25);
  expect(rate.msFor(10)).toBeLessThan(30);
});
