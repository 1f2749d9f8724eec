import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LabelledText, Span } from "../../../src/proof/evaluation/labelled-text.js";
import { PERTURBATIONS, type PerturbationName } from "../../../src/proof/evaluation/perturb.js";
import { seeded } from "../../../src/statistics/random.js";

const perturb = (name: PerturbationName, row: LabelledText, seed = 1) => PERTURBATIONS[name](row, seeded(seed));
const utterance = (text: string, slots?: readonly Span[]): LabelledText => ({ id: "1", text, ...(slots && { slots }) });
const values = (row: LabelledText) => row.slots?.map(({ start, end }) => row.text.slice(start, end));

/** A text and slots whose borders may stand anywhere, also inside words, as in languages without spaces. */
const labelled = fc
  .array(fc.oneof(fc.constantFrom("wake", "me", "at", "nine", "twenty", "five", "straße", "明日", "💡"), fc.string()))
  .map((words) => words.join(" "))
  .chain((text) =>
    fc.uniqueArray(fc.nat(text.length), { maxLength: 6 }).map((cuts) => {
      const borders = cuts.sort((a, b) => a - b);
      const slots = borders.flatMap((start, i) => {
        const end = borders[i + 1];
        return i % 2 === 0 && end !== undefined ? [{ name: `slot${i}`, start, end }] : [];
      });
      return utterance(text, slots);
    }),
  );

describe("slots keep their place", () => {
  test.each(["final-punctuation", "emoji"] as const)("%s leaves their values as they are", (name) => {
    fc.assert(
      fc.property(labelled, fc.nat(), (row, seed) => {
        const after = perturb(name, row, seed);
        expect(values(after)).toEqual(values(row));
        expect(after.text.startsWith(row.text)).toBe(true);
      }),
    );
  });

  test("upper changes the case of their values and no more", () => {
    fc.assert(
      fc.property(labelled, (row) => {
        expect(values(perturb("upper", row))).toEqual(values(row)?.map((value) => value.toUpperCase()));
      }),
    );
  });

  test("typos and digits change no white space, and a slot has the words that it had", () => {
    const words = (text: string) => text.split(/\s+/u).length;
    fc.assert(
      fc.property(labelled, fc.constantFrom("typos", "digits"), fc.nat(), (row, name, seed) => {
        const after = perturb(name, row, seed);
        expect(values(after)?.map(words)).toEqual(values(row)?.map(words));
        expect(after.text.split(/\S+/u)).toEqual(row.text.split(/\S+/u));
        expect(after.slots?.map((slot) => slot.name)).toEqual(row.slots?.map((slot) => slot.name));
      }),
    );
  });
});

test.each([
  ["wake me at nine", "wake me at 9"],
  ["seven thirty", "7 30"],
  ["Twelve eggs", "12 eggs"],
  ["twenty five eggs", "twenty five eggs"],
  ["twenty eggs", "20 eggs"],
  ["this one", "this one"],
  ["someone phoned", "someone phoned"],
])("digits: %s → %s", (text, expected) => {
  expect(perturb("digits", utterance(text)).text).toBe(expected);
});

test.each([
  ["is it raining", /^is it raining[.?]$/],
  ["at nine p. m.", /^at nine p\. m\.$/],
])("final-punctuation: %s", (text, expected) => {
  expect(perturb("final-punctuation", utterance(text)).text).toMatch(expected);
});

test("a digit moves the slots after it", () => {
  const row = utterance("nine am on friday", [
    { name: "time", start: 0, end: 7 },
    { name: "date", start: 11, end: 17 },
  ]);
  expect(values(perturb("digits", row))).toEqual(["9 am", "friday"]);
});

test("about one word in twenty gets a typo, and only words of four letters or more", () => {
  const text = "the quick brown fox ".repeat(1_000).trim();
  const after = perturb("typos", utterance(text)).text.split(" ");
  const changed = text.split(" ").flatMap((word, i) => (word === after[i] ? [] : [word]));
  expect(new Set(changed)).toEqual(new Set(["quick", "brown"]));
  expect(changed.length / 2_000).toBeGreaterThan(0.03);
  expect(changed.length / 2_000).toBeLessThan(0.06);
});

test("rows without slots have none afterwards", () => {
  for (const name of Object.keys(PERTURBATIONS) as PerturbationName[]) {
    expect(perturb(name, utterance("hello there"))).not.toHaveProperty("slots");
  }
});
