import { expect, test } from "vitest";
import { seeded } from "../../../src/statistics/random.js";
import { capacityOf, ratioOf, throughputs } from "../../../src/proof/loadtest/statistics.js";
import { block, target } from "./blocks.js";

test("a ratio is that of the pooled percentiles", () => {
  const ratio = ratioOf([[1, 2], [3]], [[10, 20], [40]]);
  expect(ratio?.p50).toBeCloseTo(2 / 20);
  expect(ratio?.p95).toBeCloseTo(2.9 / 38);
});

test("without rounds there is no ratio", () => {
  expect(ratioOf([], [])).toBeUndefined();
});

/** Times of one target by round: `ms`, with 5 % of scatter, times what each round did to the machine. */
function rounds(ms: number, disturbance: readonly number[], seed: number): number[][] {
  const random = seeded(seed);
  return disturbance.map((factor) => Array.from({ length: 40 }, () => ms * factor * (0.95 + 0.1 * random())));
}

test("the interval holds the ratio that the times were made with, and is as wide as scatter makes it", () => {
  const even = Array<number>(8).fill(1);
  const ratio = ratioOf(rounds(8, even, 1), rounds(100, even, 2))!;
  expect(ratio.ci95[0]).toBeLessThan(0.08);
  expect(ratio.ci95[1]).toBeGreaterThan(0.08);
  expect(ratio.ci95[1] - ratio.ci95[0]).toBeLessThan(0.005);
  expect(ratio.ci95[1] - ratio.ci95[0]).toBeGreaterThan(0.0005);
});

test("what slows a whole round slows both, and does not widen the interval as it would if rounds were not paired", () => {
  const uneven = [1, 3, 1, 2.5, 1, 1.5, 3, 2];
  const paired = ratioOf(rounds(8, uneven, 1), rounds(100, uneven, 2))!;
  const unpaired = ratioOf(rounds(8, uneven, 1), rounds(100, uneven.toReversed().toSorted(), 2))!;
  const width = ([low, high]: readonly [number, number]) => high - low;
  expect(width(paired.ci95)).toBeLessThan(width(unpaired.ci95) / 2);
});

test("few rounds that differ make a wide interval, however many samples they have", () => {
  const even = ratioOf(rounds(8, [1, 1, 1, 1], 1), rounds(100, [1, 1, 1, 1], 2))!;
  const uneven = ratioOf(rounds(8, [1, 1.5, 1, 1.5], 1), rounds(100, [1, 1, 1, 1], 2))!;
  expect(uneven.ci95[1] - uneven.ci95[0]).toBeGreaterThan(5 * (even.ci95[1] - even.ci95[0]));
});

test("the interval is the same for the same samples", () => {
  const [one, other] = [rounds(8, [1, 2], 1), rounds(100, [1, 2], 2)];
  expect(ratioOf(one, other)).toEqual(ratioOf(one, other));
});

test("capacity is the best throughput over the numbers of clients, each the mean of its rounds", () => {
  const rates: [number, number, number][] = [
    [1, 0, 20],
    [1, 1, 22],
    [2, 0, 30],
    [2, 1, 34],
    [4, 0, 25],
  ];
  const blocks = rates.map(([clients, round, rate]) =>
    block("a", [1], { round, rate, load: { kind: "closed", clients } }),
  );
  const others = [
    block("a", [1], { rate: 99, set: "long" }),
    block("b", [1], { rate: 99 }),
    block("a", [1], { rate: 99, load: { kind: "open", percent: 50, perSecond: 1 } }),
  ];
  expect(throughputs([...blocks, ...others], target("a"), "eleven")).toEqual([
    { clients: 1, perSecond: 21 },
    { clients: 2, perSecond: 32 },
    { clients: 4, perSecond: 25 },
  ]);
  expect(capacityOf([...blocks, ...others], target("a"), "eleven")).toEqual({ clients: 2, perSecond: 32 });
});

test("a target that answered nothing has no capacity", () => {
  expect(capacityOf([block("a", [], { rate: 0 })], target("a"), "eleven")).toBeUndefined();
});
