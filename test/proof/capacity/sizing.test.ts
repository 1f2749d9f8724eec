import { expect, test } from "vitest";
import { serviceTimes } from "../../../src/proof/capacity/service-times.js";
import { CELL, p99At, sizingOf } from "../../../src/proof/capacity/sizing.js";
import { seeded } from "../../../src/statistics/random.js";

const random = seeded(2);
const SERVICE = serviceTimes(Array.from({ length: 2_000 }, () => 8 + 4 * random()));
const PRICING = { coresOfReplica: 2, dollarsACoreHour: 0.05 };
const size = (perSecond: number, goalMs: number) => sizingOf(SERVICE, perSecond, goalMs, PRICING, 1);
const p99 = (replicas: number, perSecond: number) =>
  p99At(SERVICE, { replicas, slots: 1, cores: Infinity }, perSecond, 1);

test("little traffic takes one replica", () => {
  expect(size(5, 50)).toMatchObject({ replicas: 1, cores: 2 });
});

test("the goal is met by as many replicas as it says, and not by one less", () => {
  const { replicas } = size(1_000, 25);
  expect(p99(replicas!, 1_000)).toBeLessThanOrEqual(25);
  expect(p99(replicas! - 1, 1_000)).toBeGreaterThan(25);
});

test("a stricter goal takes more replicas, which work less", () => {
  const [strict, lax] = [size(1_000, 15), size(1_000, 100)];
  expect(strict.replicas).toBeGreaterThan(lax.replicas!);
  expect(strict.load).toBeLessThan(lax.load!);
  expect(lax.load).toBeLessThan(1);
});

test("traffic beyond one cell is shared by cells alike", () => {
  const [large, larger] = [size(100_000, 25), size(1_000_000, 25)];
  expect(large.replicas).toBeGreaterThan(CELL);
  expect(larger.replicas! / large.replicas!).toBeCloseTo(10, 1);
  expect(p99(CELL, (100_000 / large.replicas!) * CELL)).toBeLessThanOrEqual(25.1);
});

test("a goal below what one answer takes has no number of replicas", () => {
  expect(size(10, 11)).toMatchObject({ replicas: null, cores: null, dollars_a_month: null });
});

test("cores and dollars follow from the replicas", () => {
  const { replicas, cores, dollars_a_month, dollars_a_million } = size(1_000, 50);
  expect(cores).toBe(2 * replicas!);
  expect(dollars_a_month).toBeCloseTo(cores! * 0.05 * 730, 6);
  // A thousand a second are 3.6 million an hour.
  expect(dollars_a_million).toBeCloseTo((cores! * 0.05) / 3.6, 6);
});
