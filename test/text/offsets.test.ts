import fc from "fast-check";
import { expect, test } from "vitest";
import { codePointOffsets } from "../../src/text/offsets.js";

test.each([
  ["plain", [0, 5], [0, 5]],
  ["🍕 at nine", [0, 2, 3, 5], [0, 1, 2, 4]],
  ["a👨‍👩‍👧b", [0, 1, 9, 10], [0, 1, 6, 7]],
  ["", [0], [0]],
])("%s", (text, offsets, points) => {
  expect(offsets.map(codePointOffsets(text))).toEqual(points);
});

test("slices by code points what the offsets slice by code units", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "grapheme" }),
      fc.string(),
      (before, value, after) => {
        const text = before + value + after;
        const points = codePointOffsets(text);
        const [start, end] = [points(before.length), points(before.length + value.length)];
        expect([...text].slice(start, end).join("")).toBe(value);
      },
    ),
  );
});
