import { expect, test } from "vitest";
import { ratios } from "../../../src/proof/loadtest/ratios.js";
import { block, target } from "./blocks.js";

const IN_TURN = "dual-encoder:roberta-base-int8";
const SIDE_BY_SIDE = `${IN_TURN}-side-by-side`;

const everything = (label: string, ms: number) => [0, 1, 2].map((round) => block(label, [ms, ms, ms], { round }));
const measure = (times: Record<string, number>) =>
  ratios(
    Object.entries(times).flatMap(([label, ms]) => everything(label, ms)),
    Object.keys(times).map(target),
    "eleven",
  );

test("single-pass is compared with every other target, by inference and over HTTP", () => {
  const all = measure({ "single-pass": 8, generate: 100, "joint-encoder": 4 });
  expect(Object.keys(all)).toEqual(["single-pass/generate", "single-pass/joint-encoder"]);
  const against = all["single-pass/generate"]!;
  expect(against).toMatchObject({ p50: 0.08, p95: 0.08, against: "generate", rounds: 3, samples: [9, 9] });
  expect(against.ci95).toEqual([0.08, 0.08]);
  expect(against.http.p50).toBeCloseTo(12 / 104);
  expect(all["single-pass/joint-encoder"]?.p50).toBe(2);
});

test.each([
  ["side by side", { [IN_TURN]: 40, [SIDE_BY_SIDE]: 32 }, SIDE_BY_SIDE, 0.25],
  ["in turn", { [IN_TURN]: 32, [SIDE_BY_SIDE]: 40 }, IN_TURN, 0.25],
  ["the only way that was measured", { [SIDE_BY_SIDE]: 32 }, SIDE_BY_SIDE, 0.25],
])("of two ways to run the same encoders the faster counts: %s", (_name, times, against, p50) => {
  const all = measure({ "single-pass": 8, ...times });
  expect(Object.keys(all)).toEqual([`single-pass/${IN_TURN}`]);
  expect(all[`single-pass/${IN_TURN}`]).toMatchObject({ against, p50 });
});

test("only rounds that both have are compared, and only blocks with one client and the headline's texts", () => {
  const blocks = [
    ...[0, 1].map((round) => block("single-pass", [10], { round })),
    block("generate", [100], { round: 1 }),
    block("generate", [1], { round: 0, set: "long" }),
    block("generate", [1], { round: 0, load: { kind: "closed", clients: 2 } }),
    block("generate", [], { round: 0 }),
  ];
  const all = ratios(blocks, [target("single-pass"), target("generate")], "eleven");
  expect(all["single-pass/generate"]).toMatchObject({ p50: 0.1, rounds: 1, samples: [1, 1] });
});

test("without single-pass or without a rival there are no ratios", () => {
  expect(measure({ generate: 100, "joint-encoder": 4 })).toEqual({});
  expect(measure({ "single-pass": 8 })).toEqual({});
});
