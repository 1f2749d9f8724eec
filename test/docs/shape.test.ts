import { expect, test } from "vitest";
import { differences } from "./shape.js";

const json = (text: string, output: unknown) => differences({ kind: "json", text }, JSON.stringify(output));
const text = (shown: string, output: string) => differences({ kind: "text", text: shown }, output);

test("figures may differ, words, fields and kinds may not", () => {
  const shown =
    '{ "model": "a@0.4.0", "intent": { "name": "x", "confidence": 0.9 }, "slots": [ … ], "fallback": null }';
  const actual = { model: "a@0.5.0", intent: { name: "x", confidence: 0.8 }, slots: [1], fallback: null, more: 1 };
  expect(json(shown, actual)).toEqual([]);
  expect(json(shown, { ...actual, intent: { name: "y", confidence: "0.8" }, slots: undefined, fallback: 0 })).toEqual([
    '.intent.name is "y", not "x"',
    '.intent.confidence is "0.8", not 0.9',
    ".slots is missing",
    ".fallback is 0, not null",
  ]);
});

test("what is left out at the end of an object or a list may be there", () => {
  expect(json('{ "a": [{ "b": true, … }, …], … }', { a: [{ b: true, c: 1 }, 2], d: 3 })).toEqual([]);
  expect(json('{ "a": [{ "b": true, … }, …], … }', { a: [{ b: false }] })).toHaveLength(1);
});

test("an output that is no JSON is told", () => {
  expect(differences({ kind: "json", text: "{}" }, "curl: (7)")).toEqual(["the output is no JSON: curl: (7)"]);
});

test("lines come as they are shown, but for figures, spaces and what is left out", () => {
  expect(text("read 12 rows\n…\ndone in … s", "read 3 rows\na\nb\ndone in 4.5 s\n")).toEqual([]);
  expect(text("read 12 rows\n…", "read 3 rows\n")).toEqual([]);
  expect(text("read 12 rows", "read 3 rows\nand more")).toHaveLength(1);
  expect(text("a (b)", "a b")).toHaveLength(1);
});
