import { expect, test } from "vitest";
import { latencySection } from "../../../src/proof/results/latency-section.js";
import { LoadTest } from "../../../src/proof/results/loadtest.js";
import { report } from "../loadtest/reports.js";
import { rowsOf } from "./check-page.js";
import { LOAD_TEST } from "./fixtures.js";

/** A report as the load test writes it, read as the page reads it. */
const written = () => LoadTest.parse(JSON.parse(JSON.stringify(report())));

test("what the load test writes is what the page reads", () => {
  const rows = rowsOf(latencySection(written()));
  const single = rows.find(({ name }) => name === "single-pass");
  expect(single?.cells.get("inference p50")).toBe("10.0");
  expect(single?.cells.get("HTTP p50")).toBe("14.0");
  expect(single?.cells.get("tokens read")).toBe("11");
  expect(rows.find(({ name }) => name === "single-pass / generate")?.cells.get("inference p50")).toMatch(
    /^0\.100 \(0\.100 to/,
  );
});

test("the command is the one that made the figures", () => {
  const made = (mode: string) => latencySection({ ...LOAD_TEST, mode });
  expect(made("quick")).toContain("`npm run loadtest -- --quick --json docs/results/loadtest.json`");
  expect(made("full")).toContain("`npm run loadtest -- --json docs/results/loadtest.json`");
});

test("a target that answered nothing has no row, and no ratio no table", () => {
  const silent = {
    ...LOAD_TEST,
    ratios: {},
    targets: LOAD_TEST.targets.map((target) => ({ ...target, one_client: [] })),
  };
  expect(rowsOf(latencySection(silent))).toEqual([]);
  expect(latencySection(silent)).not.toContain("How many times as long");
});

test("who has random weights is said", () => {
  const shape = { ...LOAD_TEST.targets[0]!, label: "dual-encoder:roberta-base-int8", model: "roberta-base-int8@1.0.0" };
  const told = latencySection({ ...LOAD_TEST, targets: [...LOAD_TEST.targets, shape] });
  expect(told).toContain("Random weights in the shape of RoBERTa");
  expect(told).toContain("since speed does not depend on them: `dual-encoder:roberta-base-int8`.");
  expect(latencySection(LOAD_TEST)).not.toContain("Random weights");
});
