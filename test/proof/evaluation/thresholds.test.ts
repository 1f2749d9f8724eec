import { describe, expect, test } from "vitest";
import { parseThresholds, shortfalls } from "../../../src/proof/evaluation/thresholds.js";

describe("thresholds", () => {
  const ci95 = [0, 1] as const;
  const eces = { ece: 0, ece_as_served: 0 };
  const a = { file: "a", intent: { accuracy: 0.29, ci95, ...eces }, exact_match: 0.5 };
  const b = {
    file: "b",
    slots: { precision: 1, recall: 1, f1: 0.8, ci95, ...eces },
    topic: { accuracy: 0.6, groups_accuracy: 0.7, ci95, ...eces },
  };
  test.each([
    ["intent=29", []], // 100 · 0.29 is 28.999…
    ["intent=29.1", ["intent: 29.00 is under 29.1 in a"]],
    ["f1=80,exact=51", ["exact: 50.00 is under 51 in a"]],
    ["topic=61,groups=71", ["topic: 60.00 is under 61 in b", "groups: 70.00 is under 71 in b"]],
    ["f1=80", []], // a has no slots: it is not held to them
  ])("%s", (list, expected) => {
    expect(shortfalls([a, b], parseThresholds(list))).toEqual(expected);
  });

  test("a score that was not measured falls short", () => {
    expect(shortfalls([a], parseThresholds("f1=1"))).toEqual(["f1: not measured, required 1"]);
  });
});
