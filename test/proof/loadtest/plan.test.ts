import { expect, test } from "vitest";
import { seeded } from "../../../src/statistics/random.js";
import { loadtest } from "../../../src/cli/loadtest.js";
import type { Options } from "../../../src/proof/loadtest/options.js";
import {
  answersEach,
  blockLength,
  closedRound,
  leastAnswersOf,
  describePlan,
  loadLength,
  makePlan,
  openRound,
  shuffled,
} from "../../../src/proof/loadtest/plan.js";
import { target } from "./blocks.js";

const planFor = (...args: string[]) => makePlan(loadtest.parse(args) as Options);
const targets = ["single-pass", "generate", "joint-encoder"].map(target);

test("a quick plan has one client, prompts of eleven tokens, no open loop and a budget below a minute", () => {
  const plan = planFor("--quick");
  expect(plan).toMatchObject({ headline: "eleven", sets: ["eleven"], clients: [1], loads: [] });
  expect(plan.budgetMs).toBeLessThan(60_000);
});

test("a full plan has every set, client count and load", () => {
  expect(planFor()).toMatchObject({
    sets: ["mixed", "short", "long", "eleven"],
    clients: [1, 2, 4, 8],
    loads: [25, 50, 75, 90, 110, 150],
    rounds: 4,
    loadRounds: 2,
    budgetMs: undefined,
  });
});

test("the set that is asked for is the headline", () => {
  expect(planFor("--set", "long").sets).toEqual(["long", "mixed", "short", "eleven"]);
  expect(planFor("--texts", "own.txt").sets).toEqual(["own.txt"]);
});

test("a round has every block once, in an order that the seed decides", () => {
  const plan = planFor("--clients", "1,2");
  const names = (seed: number) =>
    closedRound(plan, targets, seeded(seed)).map(({ target: { label }, set, clients }) => `${label} ${set} ${clients}`);
  expect(new Set(names(1)).size).toBe(3 * (2 + 3));
  expect(names(1)).toHaveLength(3 * (2 + 3));
  expect(names(1)).toContain("generate mixed 2");
  expect(names(1)).toContain("generate short 1");
  expect(names(1)).not.toContain("generate short 2");
  expect(names(1)).toEqual(names(1));
  expect(names(1)).not.toEqual(names(2));
});

test("a quick round has each target once, and rounds differ in their order", () => {
  const random = seeded(1);
  const round = () => closedRound(planFor("--quick"), targets, random).map(({ target: { label } }) => label);
  const rounds = Array.from({ length: 20 }, round);
  for (const labels of rounds) expect(labels.toSorted()).toEqual(["generate", "joint-encoder", "single-pass"]);
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(3);
});

test("an open round has every load of every target once", () => {
  const cells = openRound(planFor("--loads", "50,110"), targets, seeded(1));
  expect(cells.map(({ target: { label }, percent }) => `${label} ${percent}`).toSorted()).toEqual(
    targets.flatMap(({ label }) => [`${label} 110`, `${label} 50`]).toSorted(),
  );
});

test("every order is as likely as another", () => {
  const random = seeded(9);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6_000; i++) {
    const order = shuffled(["a", "b", "c"], random).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150); // five standard deviations
});

test.each([
  ["an engine of 10 ms", 500, 1, 10, 50],
  ["one that answers once in two blocks, measured all the same", 500, 1, 1_000, 3],
  ["eight clients, which wait for each other", 500, 8, 10, 8],
  ["eight clients of a slow engine", 500, 8, 1_000, 2],
])("answers each: %s", (_name, ms, clients, answerMs, expected) => {
  expect(answersEach(ms, clients, answerMs, 3)).toBe(expected);
});

test("a quick run is content with fewer answers of an engine that would use up its minute", () => {
  const least = (answerMs: number, leftMs = 42_000) => leastAnswersOf(planFor("--quick"), 7, leftMs, answerMs);
  expect([least(300), least(900), least(7_000)]).toEqual([3, 2, 1]);
  expect([least(30, -1), least(300, -1)]).toEqual([3, 1]);
  expect(leastAnswersOf(planFor(), 7, 0, 7_000)).toBe(5);
});

test("blocks of a quick run share out the time that is left, within bounds", () => {
  const plan = planFor("--quick");
  expect(blockLength(plan, 7, 21_000)).toBe(500);
  expect(blockLength(plan, 7, -5_000)).toBe(150);
  expect(blockLength(plan, 1, 50_000)).toBe(1_000);
  expect(blockLength(planFor("--quick", "--block-seconds", "0.3"), 7, 21_000)).toBe(300);
});

test("a load block is long enough for twenty requests, within bounds", () => {
  expect(loadLength(planFor(), 100)).toBe(6_000);
  expect(loadLength(planFor(), 2)).toBe(10_000);
  expect(loadLength(planFor(), 0.1)).toBe(20_000);
});

test("a plan is described with its targets' order, its blocks and its length", () => {
  const told = describePlan(planFor(), targets, seeded(1)).join("\n");
  expect(told).toContain("closed loop: 1, 2, 4, 8 clients; 21 blocks a round, 4 rounds at most, 2 s each");
  expect(told).toMatch(/order of the first round:(\n {4}\S+, \d clients?, \w+){21}\n/);
  expect(told).toContain("25, 50, 75, 90, 110, 150 % of each target's capacity, in requests a second unknown");
  expect(told).toContain("in all: some 7 minutes");
  expect(describePlan(planFor("--quick"), targets, seeded(1)).join("\n")).toContain("open loop: none");
});
