import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AnswerCursor, readAnswer } from "../../../src/engines/generate/answer.js";
import { sampleAnswer } from "./answers.js";

const whole = String.raw`{"intent":"alarm_set","slots":[{"time":"six \"am\""},{"date":"}"}],"topic":"rec.autos"}`;
const intent = "alarm_set";
const six = { time: 'six "am"' };
const brace = { date: "}" };

describe("readAnswer", () => {
  test.each([
    ["a whole answer", whole, { intent, slots: [six, brace], topic: "rec.autos" }],
    ["an answer without slots", '{"slots":[]}', { slots: [] }],
    ["an intent alone", '{"intent":"a"}', { intent: "a" }],
    ["escaped quotes and other escapes", String.raw`{"slots":[{"x":"a\"\\\u00e9\n"}]}`, { slots: [{ x: 'a"\\é\n' }] }],
    ["two slots of one name", '{"slots":[{"x":"a"},{"x":"b"}]}', { slots: [{ x: "a" }, { x: "b" }] }],
    ["an answer cut right behind the bracket", '{"intent":"alarm_set","slots":[', { intent, slots: [] }],
    ["an answer cut behind the brace of a slot", '{"slots":[{', { slots: [] }],
    ["an answer cut in the name of the first slot", '{"slots":[{"ti', { slots: [] }],
    ["an answer cut in the name of the second slot", '{"slots":[{"x":"a"},{"ti', { slots: [{ x: "a" }] }],
    ["an answer cut in a value", '{"slots":[{"x":"a"},{"time":"ni', { slots: [{ x: "a" }] }],
    ["an answer cut in an escape", '{"slots":[{"x":"a"},{"time":"ni\\', { slots: [{ x: "a" }] }],
    ["an answer cut behind a value", '{"slots":[{"x":"a"},{"time":"nine"', { slots: [{ x: "a" }] }],
    ["an answer cut in a value that looks like an end", '{"slots":[{"x":"a"},{"y":"b}]}', { slots: [{ x: "a" }] }],
    ["an answer cut in a value that looks like a slot", String.raw`{"slots":[{"y":"\"},{\"z\":\"b\"}`, { slots: [] }],
    ["an answer cut behind the comma", '{"slots":[{"x":"a"},', { slots: [{ x: "a" }] }],
    [
      "an answer cut in the topic",
      '{"intent":"alarm_set","slots":[{"x":"a"}],"topic":"rec',
      { intent, slots: [{ x: "a" }] },
    ],
    ["an answer cut before its last brace", '{"slots":[],"topic":"rec"', { slots: [] }],
    ["a label with a bracket, before a cut", '{"intent":"café[1]","slots":[{"x', { intent: "café[1]", slots: [] }],
    ["a label with a brace, before a cut", '{"intent":"{}","slots":[', { intent: "{}", slots: [] }],
  ])("reads %s", (_name, json, expected) => {
    expect(readAnswer(json)).toEqual(expected);
  });

  test.each([
    "",
    "{",
    '{"intent":"ala',
    '{"intent":"alarm_set"',
    '{"intent":"a[b',
    "hello",
    '{"mood":"a"}',
    '{"slots":{}}',
  ])("can't read %j, and does not tell what it said", (json) => {
    expect(() => readAnswer(json)).toThrow(`the decoder's answer of ${json.length} characters can't be read`);
  });

  test("wherever an answer is cut, its beginning is read and nothing is made up", () => {
    fc.assert(
      fc.property(sampleAnswer, fc.nat(), ({ parts, intent, slots, topic }, at) => {
        const json = parts.map(({ text }) => text).join("");
        expect(readAnswer(json)).toEqual({
          ...(intent !== undefined && { intent }),
          ...(slots && { slots }),
          ...(topic !== undefined && { topic }),
        });
        const cut = json.slice(0, at % json.length);
        const opened = parts.findIndex(({ text }) => text === '"slots":[');
        const head = parts
          .slice(0, opened + 1)
          .map(({ text }) => text)
          .join("");
        if (opened < 0 || cut.length < head.length) {
          expect(() => readAnswer(cut)).toThrow();
          return;
        }
        const found = readAnswer(cut);
        expect(found.intent).toBe(intent);
        expect(found.topic).toBeUndefined();
        expect(found.slots).toEqual(slots!.slice(0, found.slots!.length));
        // Every slot whose brace was closed is there.
        const closed = parts.map(({ text }, i) => ({
          text,
          end: parts
            .slice(0, i + 1)
            .map((p) => p.text)
            .join("").length,
        }));
        const values = closed.filter(({ text }) => text.startsWith(':"') && text.endsWith("}"));
        expect(found.slots).toHaveLength(values.filter(({ end }) => end <= cut.length).length);
      }),
      { numRuns: 400 },
    );
  });
});

/** States of the cursor before the first character and after each. */
function states(json: string, step: (rest: string) => number = () => 1) {
  const cursor = new AnswerCursor();
  const found = new Map([[0, { inLabel: cursor.inLabel, whole: cursor.whole }]]);
  for (let at = 0; at < json.length;) {
    const next = Math.min(json.length, at + step(json.slice(at)));
    cursor.push(json.slice(at, next));
    at = next;
    found.set(at, { inLabel: cursor.inLabel, whole: cursor.whole });
  }
  return found;
}

describe("AnswerCursor", () => {
  test.each([
    ["an intent", '{"intent":"alarm_set"}', ["alarm_set"]],
    ["all of an answer", whole, ["alarm_set", "time", "date", "rec.autos"]],
    ["a label with quotes", String.raw`{"intent":"say \"hi\""}`, [String.raw`say \"hi\"`]],
    ["a label that ends in a backslash", String.raw`{"intent":"b\\"}`, [String.raw`b\\`]],
    ["values that look like slots", String.raw`{"slots":[{"x":"{\"y\":\"z\""},{"w":":"}]}`, ["x", "w"]],
    ["values that look like an answer", String.raw`{"slots":[{"x":"\"}],\"topic\":\"t\"}"}],"topic":"u"}`, ["x", "u"]],
    ["no label", '{"slots":[]}', []],
  ])("is inside the labels of %s", (_name, json, labels) => {
    const found: string[] = [];
    let open = "";
    for (const [at, { inLabel }] of states(json)) {
      if (inLabel) open += json[at] ?? "";
      else if (open !== "") {
        found.push(open);
        open = "";
      }
    }
    // The quote that closes a label is the last character that still belongs to it.
    expect(found).toEqual(labels.map((label) => `${label}"`));
  });

  test("is in a label exactly between its quotes and whole exactly at the end, whatever labels and values say", () => {
    fc.assert(
      fc.property(sampleAnswer, ({ parts }) => {
        const json = parts.map(({ text }) => text).join("");
        const inside = parts.flatMap(({ text, label }) => Array<boolean>(text.length).fill(label ?? false));
        for (const [at, state] of states(json)) {
          expect([at, state]).toEqual([at, { inLabel: inside[at] ?? false, whole: at === json.length }]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("stands where it would, however the answer is cut into tokens", () => {
    fc.assert(
      fc.property(sampleAnswer, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), ({ parts }, lengths) => {
        const json = parts.map(({ text }) => text).join("");
        const one = states(json);
        let turn = 0;
        const several = states(json, () => lengths[turn++ % lengths.length]!);
        for (const [at, state] of several) expect(state).toEqual(one.get(at));
      }),
    );
  });

  test("is not whole before anything was written", () => {
    expect(new AnswerCursor().whole).toBe(false);
  });
});
