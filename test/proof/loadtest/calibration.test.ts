import { expect, test } from "vitest";
import { Calibration, disturbances } from "../../../src/proof/loadtest/calibration.js";

test.each([
  ["even times", [20, 21, 20, 22], [false, false, false]],
  ["a slow time between two blocks, which flags both", [20, 20, 27, 20], [false, true, true]],
  ["a slow time before the first", [27, 20, 20], [true, false]],
  ["a slow time after the last", [20, 20, 27], [false, true]],
  ["a run that was disturbed throughout but once", [40, 41, 20, 40], [true, true, true]],
  ["no blocks", [20], []],
])("%s", (_name, times, expected) => {
  expect(disturbances(times)).toEqual(expected);
});

test("the arithmetic takes its time on every thread", async () => {
  await using calibration = await Calibration.start(2);
  const ms = await calibration.measure();
  expect(ms).toBeGreaterThan(1);
  expect(ms).toBeLessThan(20_000);
});
