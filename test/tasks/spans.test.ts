import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTagSet } from "../../src/tasks/bio.js";
import { NonFiniteScoreError } from "../../src/tasks/softmax.js";
import { readSlots, type SpanScale } from "../../src/tasks/spans.js";
import { prepareText } from "../../src/text/prepare.js";

const tags = ["O", "B-date", "I-date", "B-time", "I-time"];
const set = parseTagSet(tags);
const AS_IT_IS = { temperature: 1 };
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
  const found = readSlots(prepare(text), logitsFor(path), set, AS_IT_IS);
  expect(found.map(({ name, value, start, end }) => [name, value, start, end])).toEqual(slots);
});

test("a span is as sure as all of its words together", () => {
  const text = prepare("five p.m.");
  const [one] = readSlots(text, logitsFor(["B-time"]), set, AS_IT_IS);
  const [both] = readSlots(text, logitsFor(["B-time", "I-time"]), set, AS_IT_IS);
  const p = Math.exp(6) / (Math.exp(6) + 4);
  expect(one?.confidence).toBeCloseTo(p, 5);
  expect(both?.confidence).toBeCloseTo(p * p, 5);
});

describe("a calibrated span", () => {
  const calibrated = { temperature: 1, span_calibration: { scale: 1, shift: 0 } };
  const sure = Math.exp(6) / (Math.exp(6) + 4);
  const confidences = (text: string, logits: Float32Array[], scale: SpanScale = calibrated) =>
    readSlots(prepare(text), logits, set, scale).map(({ confidence }) => confidence);

  test("is as sure as the geometric mean of its words", () => {
    const unsure = Float32Array.from(tags, (name) => (name === "I-time" ? 2 : 0));
    const [confidence] = confidences("five p.m.", [...logitsFor(["B-time"]), unsure]);
    expect(confidence).toBeCloseTo(Math.sqrt((sure * Math.exp(2)) / (Math.exp(2) + 4)), 5);
  });

  test("is less sure when the next word may go on with it, and only then", () => {
    const next = (other: string) =>
      Float32Array.from(tags, (name) => Math.log(name === "O" ? 0.6 : name === other ? 0.37 : 0.01));
    const [goesOn] = confidences("five now", [...logitsFor(["B-time"]), next("I-time")]);
    const [another] = confidences("five now", [...logitsFor(["B-time"]), next("I-date")]);
    expect(goesOn).toBeCloseTo(sure * 0.63, 5);
    expect(another).toBeCloseTo(sure * 0.99, 5);
  });

  test("has its log-odds scaled and shifted, at the temperature of the tags", () => {
    const logits = logitsFor(["B-time"]);
    const odds = Math.exp(6 / 2) / 4; // at a temperature of 2
    const [confidence] = confidences("nine", logits, { temperature: 2, span_calibration: { scale: 0.5, shift: 1 } });
    const expected = Math.sqrt(odds) * Math.E;
    expect(confidence).toBeCloseTo(expected / (1 + expected), 5);
  });

  test("of a slot that has no I-tag ends by itself", () => {
    const single = parseTagSet(["O", "B-date"]);
    const logits = [Float32Array.of(0, 6), Float32Array.of(6, 0)];
    const [slot] = readSlots(prepare("friday please"), logits, single, calibrated);
    expect(slot?.confidence).toBeCloseTo(Math.exp(6) / (Math.exp(6) + 1), 5);
  });
});

test("a text that was cut has slots in what was read", () => {
  const slots = readSlots(prepare("at nine on friday"), logitsFor(["O", "B-time"]), set, AS_IT_IS);
  expect(slots.map(({ value }) => value)).toEqual(["nine"]);
});

test("scores that are no numbers are refused", () => {
  expect(() => readSlots(prepare("nine"), [new Float32Array(5).fill(NaN)], set, AS_IT_IS)).toThrow(NonFiniteScoreError);
});

test("any text and scores: offsets slice the value, spans are in order and apart, confidences are probabilities", () => {
  const row = fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.array(row, { minLength: 1 }),
      fc.boolean(),
      (raw, rows, calibrated) => {
        const text = prepare(raw);
        const logits = text.words.map((_, i) => Float32Array.from(rows[i % rows.length]!));
        let last = 0;
        const scale = calibrated ? { temperature: 1, span_calibration: { scale: 2, shift: -1 } } : AS_IT_IS;
        for (const { value, start, end, confidence } of readSlots(text, logits, set, scale)) {
          expect(value).toBe(raw.slice(start, end));
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1 + 1e-6);
          last = end;
        }
      },
    ),
  );
});
