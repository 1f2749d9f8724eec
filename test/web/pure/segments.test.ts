import fc from "fast-check";
import { expect, test } from "vitest";
import { segmentsOf } from "../../../web/src/pure/segments.js";

const slot = (name: string, value: string, start: number, end: number) => ({ name, value, start, end, confidence: 1 });

test("a text is cut at its slots", () => {
  const nine = slot("time", "nine", 11, 15);
  const friday = slot("date", "friday", 19, 25);
  expect(segmentsOf("wake me at nine on friday", [nine, friday], "utf16")).toEqual([
    { text: "wake me at " },
    { text: "nine", slot: nine },
    { text: " on " },
    { text: "friday", slot: friday },
  ]);
});

test.each([
  ["without slots it is one segment", "wake me", [], ["wake me"]],
  ["a slot can be all of it", "nine", [slot("time", "nine", 0, 4)], ["nine"]],
  ["slots can touch", "ab", [slot("x", "a", 0, 1), slot("y", "b", 1, 2)], ["a", "b"]],
  ["nothing is left of nothing", "", [], []],
] as const)("%s", (_name, text, slots, texts) => {
  expect(segmentsOf(text, slots, "utf16").map((segment) => segment.text)).toEqual(texts);
});

test("code points count an emoji as one", () => {
  const nine = slot("time", "nine", 2, 6);
  expect(segmentsOf("⏰ nine", [nine], "code_points").map(({ text }) => text)).toEqual(["⏰ ", "nine"]);
  expect(segmentsOf("🎺 nine", [nine], "code_points").map(({ text }) => text)).toEqual(["🎺 ", "nine"]);
  expect(segmentsOf("🎺 nine", [slot("time", "nine", 3, 7)], "utf16").map(({ text }) => text)).toEqual(["🎺 ", "nine"]);
});

test("whatever is marked, nothing of the text is lost", () => {
  const cuts = fc.tuple(fc.string({ unit: "binary" }), fc.array(fc.nat(), { maxLength: 8 }));
  fc.assert(
    fc.property(cuts, ([text, at]) => {
      const length = [...text].length;
      const places = [...new Set(at.map((place) => place % (length + 1)))].sort((a, b) => a - b);
      const slots = places.slice(1).flatMap((end, i) => (i % 2 === 0 ? [slot("x", "", places[i]!, end)] : []));
      const segments = segmentsOf(text, slots, "code_points");
      expect(segments.map((segment) => segment.text).join("")).toBe(text);
      expect(segments.filter((segment) => segment.slot)).toHaveLength(slots.length);
    }),
  );
});
