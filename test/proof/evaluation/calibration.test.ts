import { expect, test } from "vitest";
import { expectedCalibrationError, type Bet } from "../../../src/proof/evaluation/calibration.js";

const bets = (...pairs: [confidence: number, correct: boolean][]): Bet[] =>
  pairs.map(([confidence, correct]) => ({ confidence, correct }));
const repeated = (count: number, confidence: number, rights: number): Bet[] =>
  Array.from({ length: count }, (_, i) => ({ confidence, correct: i < rights }));

test.each([
  ["no bets", [], 15, 0],
  ["sure and right", bets([1, true], [1, true]), 15, 0],
  ["sure and wrong", bets([1, false]), 15, 1],
  ["one bin compares the mean confidence with the share of right", repeated(10, 0.9, 7), 1, 0.2],
  // [0.2 0.4] one right of 0.6 expected: 0.4; [0.6 0.8] one right of 1.4 expected: 0.4; together 0.8 / 4
  ["bins hold equal numbers", bets([0.8, true], [0.2, true], [0.6, false], [0.4, false]), 2, 0.2],
  // Bins of equal width would put all of these in one and see 0.
  ["bins follow the mass", [...repeated(5, 0.97, 5), ...repeated(5, 0.93, 4)], 2, (5 * 0.03 + (4.65 - 4)) / 10],
  [
    "five bets in two bins: two and three",
    bets([0.1, false], [0.2, false], [0.5, true], [0.5, true], [0.5, true]),
    2,
    0.36,
  ],
])("%s", (_name, given, bins, error) => {
  expect(expectedCalibrationError(given, bins)).toBeCloseTo(error, 12);
});
