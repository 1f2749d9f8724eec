import { expect, test } from "vitest";
import { makeRow, Row } from "../../src/data/row.js";
import { made } from "./rows.js";

const DEFAULTS = { id: "1", split: "train" } as const;
const place = { file: "a.csv", line: 3, column: 7 };

test("a row has tokens, a tag for each, and entities with offsets", () => {
  const { row } = made("wake me up at [nine am](time) on [friday](date)", "alarm_set");
  expect(row).toEqual({
    id: "train:1",
    split: "train",
    text: "wake me up at nine am on friday",
    tokens: ["wake", "me", "up", "at", "nine", "am", "on", "friday"],
    slots: ["O", "O", "O", "O", "B-time", "I-time", "O", "B-date"],
    intent: "alarm_set",
    entities: [
      { type: "time", value: "nine am", start: 14, end: 21 },
      { type: "date", value: "friday", start: 25, end: 31 },
    ],
  });
  expect(Row.parse(row)).toEqual(row);
});

test("offsets count code points, as Python slices", () => {
  const { row } = made("🍕🍕 [zürich 👨‍👩‍👧](place) [nine](time)");
  const points = [...row.text];
  for (const { start, end, value } of row.entities) expect(points.slice(start, end).join("")).toBe(value);
  expect(row.entities[1]).toEqual({ type: "time", value: "nine", start: 16, end: 20 });
});

test("white space becomes single spaces, and offsets move along", () => {
  const { row } = made("  wake\u00a0 me\tat [ nine\n am ](time)  ");
  expect(row.text).toBe("wake me at nine am");
  expect(row.tokens.join(" ")).toBe(row.text);
  expect(row.entities).toEqual([{ type: "time", value: "nine am", start: 11, end: 18 }]);
});

test("an entity tags the whole token that punctuation is glued to, and cuts no word", () => {
  const { row, cutWords } = made("at “[nine](time)”, please");
  expect(row.slots).toEqual(["O", "B-time", "O"]);
  expect(row.entities[0]).toMatchObject({ value: "nine", start: 4, end: 8 });
  expect(cutWords).toBe(0);
});

test("an entity that ends inside a word is told", () => {
  expect(made("[five](number)kg of flour").cutWords).toBe(1);
});

test("of two entities in one token the first has its tag, and both stay", () => {
  const { row, untagged } = made("[five](number)[kg](unit) of flour");
  expect(row.slots).toEqual(["B-number", "O", "O"]);
  expect(row.entities).toHaveLength(2);
  expect(untagged).toBe(1);
});

test("neighbours of one name stay two", () => {
  expect(made("[a](x) [b](x)").row.slots).toEqual(["B-x", "B-x"]);
});

test.each([
  ["a text of white space", " \u2003 ", [], "the text is empty"],
  ["an entity of white space", "a  b", [{ name: "x", start: 1, end: 3 }], "the x is empty or white space"],
  [
    "entities that overlap",
    "nine am",
    [
      { name: "time", start: 0, end: 7 },
      { name: "half", start: 5, end: 7 },
    ],
    "time and half overlap",
  ],
])("%s is a fault with its place", (_name, text, entities, message) => {
  expect(makeRow({ place, text, entities }, DEFAULTS)).toEqual({ place, message });
});
