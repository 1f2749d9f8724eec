import { describe, expect, test } from "vitest";
import { spansOfTags } from "../../../src/proof/evaluation/bio.js";
import { parseRow, tasksOf } from "../../../src/proof/evaluation/labelled-text.js";

const parse = (row: unknown) => parseRow(JSON.stringify(row));

describe("a row", () => {
  test("may carry an intent alone", () => {
    const row = parse({ id: "7", text: "hello", intent: "greet", scenario: "general" });
    expect(row).toEqual({ id: "7", text: "hello", intent: "greet" });
    expect(tasksOf(row)).toEqual(["intent"]);
  });

  test("may be out of scope, as CLINC150 has it", () => {
    const row = parse({ id: "oos_val-7", split: "dev", text: "who won", intent: "oos", scenario: "oos" });
    expect(row).toEqual({ id: "oos_val-7", text: "who won", intent: "oos" });
  });

  test("may carry a topic and its group", () => {
    const row = parse({ id: 7, text: "the puck", topic: "rec.sport.hockey", topic7: "rec" });
    expect(row).toEqual({ id: "7", text: "the puck", topic: "rec.sport.hockey", group: "rec" });
    expect(tasksOf(row)).toEqual(["topic"]);
  });

  test("counts its offsets in code points, we in UTF-16", () => {
    const entities = [{ type: "time", value: "neun", start: 3, end: 7 }];
    const row = parse({ id: "1", text: "⏰💡 neun", intent: "x", entities });
    expect(row.slots).toEqual([{ name: "time", start: 4, end: 8 }]);
    expect(row.text.slice(4, 8)).toBe("neun");
  });

  test("without entities has them from its tags", () => {
    const row = parse({ id: "1", text: "at six am", tokens: ["at", "six", "am"], slots: ["O", "B-time", "I-time"] });
    expect(row.slots).toEqual([{ name: "time", start: 3, end: 9 }]);
  });

  test("with entities is not asked for its tags", () => {
    const row = parse({ id: "1", text: "at six", entities: [], tokens: ["at", "six"], slots: ["O", "B-time"] });
    expect(row.slots).toEqual([]);
  });

  const entity = { type: "time", value: "six", start: 3, end: 6 };
  test.each([
    ["[]", "expected object"],
    ["{", "is not JSON"],
    [{ id: "1", intent: "x" }, "text:"],
    [{ id: "1", text: "", intent: "x" }, "text:"],
    [{ id: "1", text: "hi" }, "has no label"],
    [{ id: "1", text: "hi", topic7: "rec" }, "has no label"],
    [{ id: "1", text: "hi", intent: 3 }, "intent:"],
    [{ id: "1", text: "hi", tokens: ["hi"], slots: ["S-time"] }, "slots.0: a BIO tag"],
    [{ id: "1", text: "hi", slots: ["O"] }, "tokens: needs one token a tag"],
    [{ id: "1", text: "hi", tokens: ["hi"], slots: ["O", "O"] }, "tokens: needs one token a tag"],
    [{ id: "1", text: "hi you", tokens: ["hi", "me"], slots: ["O", "O"] }, 'tokens[1]: "me" does not follow'],
    [
      { id: "1", text: "at six", entities: [{ ...entity, start: 4 }] },
      'entities[0]: the text has "ix" at 4, not "six"',
    ],
    [{ id: "1", text: "at six", entities: [{ ...entity, end: 60 }] }, "entities[0]: 3 to 60 is no part"],
    [{ id: "1", text: "at six", entities: [{ ...entity, end: 3 }] }, "entities[0]: 3 to 3 is no part"],
  ])("%j is refused", (row, message) => {
    expect(() => parseRow(typeof row === "string" ? row : JSON.stringify(row))).toThrow(message);
  });
});

test.each([
  ["O O O", []],
  ["B-a I-a O", ["a:x yy"]],
  ["B-a B-a O", ["a:x", "a:yy"]],
  ["B-a I-b I-b", ["a:x", "b:yy  zzz"]],
  ["I-a I-a O", ["a:x yy"]],
  ["O I-a B-a", ["a:yy", "a:zzz"]],
])("spans of %s are those of seqeval", (tags, expected) => {
  const text = "x yy  zzz";
  const spans = spansOfTags(text, ["x", "yy", "zzz"], tags.split(" "));
  expect(spans.map(({ name, start, end }) => `${name}:${text.slice(start, end)}`)).toEqual(expected);
});

test("tokens of a text without spaces are found one after the other", () => {
  const spans = spansOfTags("ああい", ["あ", "あ", "い"], ["O", "B-a", "I-a"]);
  expect(spans).toEqual([{ name: "a", start: 1, end: 3 }]);
});
