import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrateMargins, calibrateSpan, logOdds, sigmoid } from "../../src/tasks/calibration.js";
import { softmax } from "../../src/tasks/softmax.js";

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5) as number);
const logits = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 60 });
const positive = fc.double({ min: 0.3, max: 3, noNaN: true });

test("a power of 1 is a temperature of 1 / scale", () => {
  const values = Float32Array.of(1, -2, 0.5);
  const calibrated = calibrateMargins(softmax(values, 1), { scale: 0.5, power: 1 });
  expect([...calibrated]).toEqual(near([...softmax(values, 2)]));
});

test("a margin of e to the m becomes one of e to the scale · m ** power", () => {
  const calibrated = calibrateMargins(Float32Array.of(1, Math.exp(2), 1 / Math.exp(1)), { scale: 0.5, power: 2 });
  const [third, first, last] = [Math.exp(-0.5 * 4), 1, Math.exp(-0.5 * 9)];
  const sum = third + first + last;
  expect([...calibrated]).toEqual(near([third / sum, first / sum, last / sum]));
});

test("labels share 1 again and keep their order, also those that had nothing", () => {
  fc.assert(
    fc.property(logits, positive, positive, (values, scale, power) => {
      const before = Float32Array.from([...softmax(Float32Array.from(values), 1), 0]);
      const after = calibrateMargins(before, { scale, power });
      expect(after.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
      const order = [...before.keys()].sort((a, b) => before[b]! - before[a]!);
      for (const [i, label] of order.slice(1).entries()) expect(after[label]).toBeLessThanOrEqual(after[order[i]!]!);
    }),
  );
});

test("a span's log-odds are scaled and shifted", () => {
  expect(calibrateSpan(0.8, { scale: 0.5, shift: 0 })).toBeCloseTo(2 / 3); // odds of 4 to 1 become 2 to 1
  expect(calibrateSpan(0.5, { scale: 3, shift: Math.log(4) })).toBeCloseTo(0.8);
});

test("nothing is certain, so that log-odds are finite and a scale has a say in the surest span", () => {
  for (const probability of [0, 1]) expect(sigmoid(logOdds(probability))).toBeCloseTo(probability, 5);
  expect(logOdds(1)).toBeLessThan(14);
  expect(calibrateSpan(1, { scale: 0.1, shift: 0 })).toBeCloseTo(0.8, 1);
});
