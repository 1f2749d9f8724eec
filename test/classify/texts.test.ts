import fc from "fast-check";
import { expect, test } from "vitest";
import { textsOf } from "../../src/classify/texts.js";
import { OnepassError } from "../../src/errors.js";

const LIMITS = { maxTexts: 2, maxTextChars: 10 };

test.each([
  ["neither text nor texts", {}, "invalid_request", "text"],
  ["both text and texts", { text: "a", texts: ["a"] }, "invalid_request", "texts"],
  ["no text in texts", { texts: [] }, "invalid_request", "texts"],
  ["too many texts", { texts: ["a", "b", "c"] }, "too_many_texts", "texts"],
  ["an empty text", { text: "" }, "empty_text", "text"],
  ["a text of white space", { text: " \t\u3000\n" }, "empty_text", "text"],
  ["a NUL", { text: "a\0b" }, "invalid_text", "text"],
  ["the first half of a surrogate pair", { texts: ["a", "b\ud83d"] }, "invalid_text", "texts[1]"],
  ["the second half of a surrogate pair", { text: "\ude00 b" }, "invalid_text", "text"],
  ["a text that is too long", { texts: ["a", "b".repeat(11)] }, "text_too_long", "texts[1]"],
])("%s is refused", (_name, request, code, field) => {
  expect(() => textsOf(request, LIMITS)).toThrow(expect.objectContaining({ code, field }));
});

test("what is left is taken as it is", () => {
  expect(textsOf({ texts: [" a 😀 ", "\u200d"] }, LIMITS)).toEqual([
    { text: " a 😀 ", field: "texts[0]" },
    { text: "\u200d", field: "texts[1]" },
  ]);
  expect(textsOf({ text: "a" }, LIMITS)).toEqual([{ text: "a", field: "text" }]);
});

test("any text is either taken or refused with a code", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      try {
        expect(textsOf({ text }, LIMITS)).toEqual([{ text, field: "text" }]);
      } catch (error) {
        expect(error).toBeInstanceOf(OnepassError);
      }
    }),
  );
});
