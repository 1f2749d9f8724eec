import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoadedModel } from "../../../src/engines/decoder/model.js";
import type { AnswerSchema } from "../../../src/engines/generate/grammar.js";
import { answerLimit } from "../../../src/engines/generate/limit.js";
import { prepareText } from "../../../src/text/prepare.js";
import { tinyBundle, tinyModel } from "./tiny.js";

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await tinyModel(await tinyBundle("tiny-causal"));
});
afterAll(async () => {
  await loaded[Symbol.asyncDispose]();
});

/** A tokenizer that knows every label as one token. */
const wordy = { tokenize: () => [1] } as unknown as LoadedModel["model"];
const bytes = (json: object) => Buffer.byteLength(JSON.stringify(json));
const label = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const labels = fc.array(label, { minLength: 1, maxLength: 4 });

test("labels fit however a model spells them, to the single byte", () => {
  fc.assert(
    fc.property(fc.option(labels, { nil: undefined }), fc.option(labels, { nil: undefined }), (intent, topic) => {
      const schema: AnswerSchema = { ...(intent && { intent }), ...(topic && { topic }) };
      const limit = answerLimit(schema, wordy)(0, 0);
      for (const one of intent ?? [undefined]) {
        for (const other of topic ?? [undefined])
          expect(limit).toBeGreaterThanOrEqual(bytes({ intent: one, topic: other }));
      }
    }),
  );
});

test("an intent fits however it is spelt also when slots follow it", () => {
  const intent = "recommendation_of_locations_nearby";
  const limit = answerLimit({ intent: [intent], slots: ["x"], topic: ["t"] }, wordy)(1, 1);
  expect(limit).toBeGreaterThanOrEqual(bytes({ intent, slots: [] }));
});

const word = fc.constantFrom("nine", "zoë", "alarm", "o'clock", "a", "🎺", 'say"hi"', "c:\\x", "date", "am");

test("every word can be a slot of the longest name, in the tokenizer's own pieces", () => {
  const schema = { intent: ["alarm_set"], slots: ["t", "definition_word"], topic: ["rec.autos", "sci.space"] };
  const limit = answerLimit(schema, loaded.model);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (parts) => {
      const text = prepareText(parts.join(" "), { nfkc: true, lowercase: true });
      const { ids } = loaded.pieces.encode(text);
      const slots = text.words.map(({ start, end }) => ({ definition_word: text.text.slice(start, end) }));
      const answer = JSON.stringify({ intent: "alarm_set", slots, topic: "sci.space" });
      expect(loaded.model.tokenize(answer, false).length).toBeLessThanOrEqual(limit(ids.length, text.words.length));
    }),
  );
});

test("the text counts for slots alone, and more of it is more", () => {
  const alone = answerLimit({ intent: ["a"], topic: ["t"] }, loaded.model);
  expect(alone(500, 100)).toBe(alone(0, 0));
  const slots = answerLimit({ slots: ["time"] }, loaded.model);
  expect(slots(1, 0)).toBeGreaterThan(slots(0, 0));
  expect(slots(1, 1)).toBeGreaterThan(slots(1, 0));
});

test("only labels of what is asked for count", () => {
  const intent = ["a_label_of_great_length"];
  expect(answerLimit({ topic: ["t"] }, loaded.model)(1, 1)).toBeLessThan(
    answerLimit({ intent, topic: ["t"] }, loaded.model)(1, 1),
  );
});
