import { expect, test } from "vitest";
import {
  between,
  count,
  listed,
  markdownTable,
  milliseconds,
  percent,
  points,
  ratio,
} from "../../../src/proof/results/tables.js";

test.each([
  [percent, 0.87260206, "87.3"],
  [percent, 1, "100.0"],
  [points, 0.0149, "+1.5"],
  [points, -0.0149, "−1.5"],
  [points, -0.0004, "0.0"],
  [points, 0.0004, "0.0"],
  [milliseconds, 3.256, "3.26"],
  [milliseconds, 18.37, "18.4"],
  [milliseconds, 226.4, "226"],
  [ratio, 0.08123, "0.0812"],
  [ratio, 2.345, "2.35"],
  [ratio, 12.34, "12.3"],
  [ratio, 1234.5, "1235"],
  [count, 2033, "2,033"],
])("%o of %d is printed as %s", (format, value, expected) => {
  expect(format(value)).toBe(expected);
});

test("an interval is printed in the unit of its value", () => {
  expect(between([0.7357, 0.7743])).toBe("(73.6 to 77.4)");
  expect(between([-0.01, 0.02], points)).toBe("(−1.0 to +2.0)");
});

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("%j is listed as %j", (words, expected) => {
  expect(listed(words)).toBe(expected);
});

test("a table has a rule that sets words to the left and numbers to the right", () => {
  expect(markdownTable(["name", "ms"], [["a", "1"]])).toBe("| name | ms |\n|---|---:|\n| a | 1 |");
  expect(markdownTable(["a", "b", "c"], [], 2)).toBe("| a | b | c |\n|---|---|---:|");
});
