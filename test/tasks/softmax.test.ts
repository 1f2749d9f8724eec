import fc from "fast-check";
import { expect, test } from "vitest";
import { assertFinite, NonFiniteScoreError, softmax } from "../../src/tasks/softmax.js";

const logits = fc.array(fc.float({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 });

test("gives the textbook's probabilities", () => {
  const found = softmax(Float32Array.of(1, 2, 3), 1);
  [0.09003057, 0.24472847, 0.66524096].forEach((p, i) => {
    expect(found[i]).toBeCloseTo(p, 6);
  });
});

test("a temperature above 1 brings probabilities together, and keeps their order", () => {
  const [sure, less] = [softmax(Float32Array.of(0, 2), 1), softmax(Float32Array.of(0, 2), 4)];
  expect(sure[1]).toBeGreaterThan(less[1]!);
  expect(less[1]).toBeGreaterThan(0.5);
});

test("sums to 1 for any finite logits", () => {
  fc.assert(
    fc.property(logits, fc.double({ min: 0.05, max: 20, noNaN: true }), (values, temperature) => {
      const sum = softmax(Float32Array.from(values), temperature).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 4);
    }),
  );
});

test("gives the numbers of the formula written out, whatever the loops", () => {
  fc.assert(
    fc.property(logits, fc.double({ min: 0.05, max: 20, noNaN: true }), (values, temperature) => {
      const scaled = Array.from(Float32Array.from(values), (logit) => logit / temperature);
      const largest = Math.max(...scaled);
      const total = scaled.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
      const found = softmax(Float32Array.from(values), temperature);
      scaled.forEach((logit, i) => {
        expect(found[i]).toBeCloseTo(Math.exp(logit - largest) / total, 5);
      });
    }),
  );
});

test.each([NaN, Infinity, -Infinity])("refuses %s", (value) => {
  const values = Float32Array.of(0, value);
  expect(() => {
    assertFinite(values);
  }).toThrow(NonFiniteScoreError);
  expect(() => softmax(values, 1)).toThrow(`score 1 is ${value}`);
});
