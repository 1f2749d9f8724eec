import { describe, expect, test } from "vitest";
import { isCurrent, optionsFor } from "../../../src/proof/results/accuracy.js";
import type { AccuracyRecord } from "../../../src/proof/results/store.js";
import { SETS, SYSTEMS, type DataSet, type System } from "../../../src/proof/results/systems.js";
import { record } from "./fixtures.js";

const system = (label: string): System => SYSTEMS.find((one) => one.label === label)!;
const set = (name: string): DataSet => SETS.find((one) => one.name === name)!;
const folders = { root: "/checkout", data: "/data" };

describe("what is evaluated", () => {
  test("a bundle in the engine that is named, on the rows that it did not learn, with outcomes", () => {
    expect(optionsFor(system("single-pass"), set("newsgroups"), folders, {})).toEqual({
      bundle: "/checkout/models/onepass-en",
      engine: "single-pass",
      data: ["/data/20newsgroups/train.jsonl.gz"],
      cut: true,
      stripHeaders: false,
      outcomes: true,
      thresholds: new Map(),
    });
  });

  test.each([
    ["generate", "newsgroups", {}, { sample: { size: 100, seed: 0 } }],
    ["generate", "massive", {}, {}],
    ["generate", "massive", { sample: 9 }, { sample: { size: 9, seed: 0 } }],
    ["generate", "newsgroups", { sample: 9, limit: 3 }, { sample: { size: 9, seed: 0 }, limit: 3 }],
    ["joint-encoder", "newsgroups", { sample: 9 }, {}],
    ["single-pass", "newsgroups", { limit: 3 }, { limit: 3 }],
  ])("%s on %s with %j reads %j", (label, name, narrowing, expected) => {
    const { sample, limit } = optionsFor(system(label), set(name), folders, narrowing);
    expect({ ...(sample && { sample }), ...(limit && { limit }) }).toEqual(expected);
  });
});

describe("a record is current", () => {
  const known = record("single-pass", "newsgroups", 0.5);
  const wanted = {
    options: optionsFor(system("single-pass"), set("newsgroups"), folders, {}),
    bundleSha256: "b0",
    dataSha256: "d-newsgroups",
  };
  const report = (change: Partial<AccuracyRecord["report"]>): AccuracyRecord => ({
    ...known,
    report: { ...known.report, ...change },
  });

  test("when bundle, data, engine and rows are those of a new run", () => {
    expect(isCurrent(known, wanted)).toBe(true);
  });

  test.each([
    ["another bundle", { ...known, bundle_sha256: "b1" }],
    ["other data", report({ data: [{ ...known.report.data[0]!, sha256: "other" }] })],
    ["another engine", report({ engine: "generate" })],
    ["fewer rows", report({ options: { cut: "last-tenth", limit: 5 } })],
    ["an interrupted run", report({ partial: true })],
  ])("and not with %s", (_name, changed) => {
    expect(isCurrent(changed, wanted)).toBe(false);
  });
});
