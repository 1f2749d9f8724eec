import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTagSet } from "../../src/tasks/bio.js";
import { NonFiniteScoreError } from "../../src/tasks/softmax.js";
import { readSlots } from "../../src/tasks/spans.js";
import { prepareText } from "../../src/text/prepare.js";

const tags = ["O", "B-date", "I-date", "B-time", "I-time"];
const set = parseTagSet(tags);
const prepare = (text: string) => prepareText(text, { nfkc: true, lowercase: true });

/** Logits that give the tag of each word most of the probability. */
const logitsFor = (path: string[]) => path.map((tag) => Float32Array.from(tags, (name) => (name === tag ? 6 : 0)));

test.each([
  ["at Nine!", ["O", "B-time"], [["time", "Nine", 3, 7]]],
  [
    "“five p.m.” friday",
    ["B-time", "I-time", "B-date"],
    [
      ["time", "five p.m.", 1, 10],
      ["date", "friday", 12, 18],
    ],
  ],
  [
    "🍕 may 5th, noon",
    ["B-date", "I-date", "B-time"],
    [
      ["date", "may 5th", 3, 10],
      ["time", "noon", 12, 16],
    ],
  ],
  [
    "monday tuesday",
    ["B-date", "B-date"],
    [
      ["date", "monday", 0, 6],
      ["date", "tuesday", 7, 14],
    ],
  ],
  ["nothing here", ["O", "O"], []],
] as [string, string[], unknown[][]][])("%s", (text, path, slots) => {
  const found = readSlots(prepare(text), logitsFor(path), set, 1);
  expect(found.map(({ name, value, start, end }) => [name, value, start, end])).toEqual(slots);
});

test("a span is as sure as all of its words together", () => {
  const text = prepare("five p.m.");
  const [one] = readSlots(text, logitsFor(["B-time"]), set, 1);
  const [both] = readSlots(text, logitsFor(["B-time", "I-time"]), set, 1);
  const p = Math.exp(6) / (Math.exp(6) + 4);
  expect(one?.confidence).toBeCloseTo(p, 5);
  expect(both?.confidence).toBeCloseTo(p * p, 5);
});

test("a text that was cut has slots in what was read", () => {
  const slots = readSlots(prepare("at nine on friday"), logitsFor(["O", "B-time"]), set, 1);
  expect(slots.map(({ value }) => value)).toEqual(["nine"]);
});

test("scores that are no numbers are refused", () => {
  expect(() => readSlots(prepare("nine"), [new Float32Array(5).fill(NaN)], set, 1)).toThrow(NonFiniteScoreError);
});

test("any text and scores: offsets slice the value, spans are in order and apart, confidences are probabilities", () => {
  const row = fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(row, { minLength: 1 }), (raw, rows) => {
      const text = prepare(raw);
      const logits = text.words.map((_, i) => Float32Array.from(rows[i % rows.length]!));
      let last = 0;
      for (const { value, start, end, confidence } of readSlots(text, logits, set, 1)) {
        expect(value).toBe(raw.slice(start, end));
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1 + 1e-6);
        last = end;
      }
    }),
  );
});
