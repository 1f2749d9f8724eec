import { expect, test } from "vitest";
import { readableJson } from "../../../src/proof/evaluation/report.js";

test("a list of numbers stands in one line, whatever else is indented", () => {
  expect(readableJson({ a: [1, -1, 0.5], b: [{ c: [] }, "x"] })).toBe(
    '{\n  "a": [1,-1,0.5],\n  "b": [\n    {\n      "c": []\n    },\n    "x"\n  ]\n}\n',
  );
});

test.each([
  [{ file: "a [1, 2].jsonl" }],
  [{ 'quote " [1,  2]': 'back\\slash\\" [3,  4]' }],
  [[[1, 2], [3], []]],
  [{ small: [1e-7, 1e21], none: null }],
])("%j reads back as it was", (value) => {
  expect(JSON.parse(readableJson(value))).toEqual(value);
});
