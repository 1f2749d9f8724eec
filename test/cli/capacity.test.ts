import { expect, test } from "vitest";
import { capacity } from "../../src/cli/capacity.js";
import { UsageError } from "../../src/cli/command.js";

test("sizes what was measured, by default", () => {
  expect(capacity.parse([])).toMatchObject({
    measure: false,
    target: { engine: "single-pass" },
    rates: [10, 1_000, 100_000, 1_000_000],
    goals: [25, 50, 100],
    loads: [30, 50, 70],
    dollarsACoreHour: 0.04,
    json: "docs/results/capacity.json",
  });
});

test.each([
  [["--loads", "100"], "--loads"],
  [["--goals", "fast"], "--goals"],
  [["--core-price", "-1"], "--core-price"],
])("%j is refused", (args, message) => {
  expect(() => capacity.parse(args)).toThrow(UsageError);
  expect(() => capacity.parse(args)).toThrow(message);
});
