import fc from "fast-check";
import { expect, test } from "vitest";
import { poolWindows, rankGroups, rankLabels } from "../../src/tasks/labels.js";
import { softmax } from "../../src/tasks/softmax.js";

const labels = ["a", "b", "c"];

test.each([
  [
    [0.2, 0.5, 0.3],
    ["b", "c", "a"],
  ],
  [
    [0.4, 0.2, 0.4],
    ["a", "c", "b"],
  ], // equals keep their order
  [
    [0, 0, 1],
    ["c", "a", "b"],
  ],
])("ranks %j", (probabilities, names) => {
  const ranked = rankLabels(Float32Array.from(probabilities), labels);
  expect(ranked.map(({ name }) => name)).toEqual(names);
  for (const { name, confidence } of ranked) expect(confidence).toBeCloseTo(probabilities[labels.indexOf(name)]!);
});

test("one window stands as it is", () => {
  const logits = Float32Array.of(1, -1, 0.5);
  expect(poolWindows([{ logits, tokens: 7 }])).toEqual(logits);
});

test("windows weigh by their tokens", () => {
  const windows = [
    { logits: Float32Array.of(4, 0), tokens: 30 },
    { logits: Float32Array.of(0, 4), tokens: 10 },
  ];
  const [first, second] = poolWindows(windows);
  expect(first! / second!).toBeCloseTo(3, 5);
});

test("windows that agree are surer than one, by the fourth root of their number", () => {
  const window = (tokens: number) => ({ logits: Float32Array.of(1, -1), tokens });
  expect(poolWindows(Array.from({ length: 16 }, () => window(125)))[0]).toBeCloseTo(2, 5);
  expect(poolWindows([window(100), window(50)])[0]).toBeCloseTo(1.5 ** 0.25, 5); // the last window is half a one
});

test("a window without a token still answers", () => {
  expect([...poolWindows([{ logits: Float32Array.of(3, 1), tokens: 0 }])]).toEqual([3, 1]);
});

test("a group is as probable as its labels together, even when another group has the best label", () => {
  const found = rankGroups(Float32Array.of(0.4, 0.3, 0.3), labels, { a: "x", b: "y", c: "y" });
  expect(found.map(({ name }) => name)).toEqual(["y", "x"]);
  expect(found[0]?.confidence).toBeCloseTo(0.6);
});

test("groups share out all of the probability", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }), (logits) => {
      const groups = rankGroups(softmax(Float32Array.from(logits), 1), labels, { a: "x", b: "y", c: "x" });
      expect(groups.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1, 5);
    }),
  );
});
