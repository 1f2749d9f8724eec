import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BYTE_TOKENS, WholeTextEncoder, type Tokens } from "../../../src/engines/encoder/whole-text.js";
import { prepareText } from "../../../src/text/prepare.js";

const FIXTURE = join(import.meta.dirname, "../../fixtures/roberta-small/tokenizer.json");
const file = JSON.parse(await readFile(FIXTURE, "utf8")) as Record<string, object>;
const pre_tokenizer = { ...file.pre_tokenizer, add_prefix_space: false };
const library = new Tokenizer({ ...file, pre_tokenizer, added_tokens: [] }, {}) as unknown as {
  encode(text: string, options: { add_special_tokens: boolean }): Tokens;
};
const tokenize = (text: string) => library.encode(text, { add_special_tokens: false });
const options = { nfkc: false, lowercase: false, straight_quotes: false };

/** The text as the library reads it at once, white space as one space. */
function whole(text: string, spaced: boolean): Tokens {
  const joined = text
    .split(/\p{White_Space}+/u)
    .filter(Boolean)
    .join(" ");
  return tokenize(spaced && joined !== "" ? ` ${joined}` : joined);
}

const symbols = fc.constantFrom(
  ..."aZ9.,!'\"(%$#+=€°&@-_ \t\u00a0\u0301\u200d\ufe0f",
  ..."🍕 “ ” ’ é p.m. don't 50%, ($5) </s> <s> <mask>".split(" "),
);
const texts = fc.array(symbols, { maxLength: 25 }).map((parts) => parts.join(""));

test.each([true, false])("a text is read as its tokenizer reads the whole of it; space before it: %s", (spaced) => {
  const encoder = new WholeTextEncoder(tokenize, spaced, false);
  fc.assert(
    fc.property(texts, (text) => {
      expect(encoder.encode(prepareText(text, options)).ids).toEqual(whole(text, spaced).ids);
    }),
    { numRuns: 500 },
  );
});

test("a word is read at the token that holds its first character, or the space before it", () => {
  for (const spaced of [true, false]) {
    const encoder = new WholeTextEncoder(tokenize, spaced, false);
    fc.assert(
      fc.property(texts, (text) => {
        const prepared = prepareText(text, options);
        const { words } = encoder.encode(prepared);
        const { tokens } = whole(text, spaced);
        const before = (token: number) => tokens.slice(0, token).join("").length;
        const joined = text
          .split(/\p{White_Space}+/u)
          .filter(Boolean)
          .join(" ");
        let from = 0;
        expect(words).toHaveLength(prepared.words.length);
        for (const [i, { start, end }] of prepared.words.entries()) {
          const word = text.slice(start, end);
          const at = joined.indexOf(word, from);
          from = at + word.length;
          const space = at === 0 ? spaced : joined[at - 1] === " ";
          const bytes = Buffer.byteLength(joined.slice(0, at)) + (spaced ? 1 : 0) - (space ? 1 : 0);
          expect(before(words[i]!)).toBeLessThanOrEqual(bytes);
          expect(before(words[i]! + 1)).toBeGreaterThan(bytes);
        }
      }),
      { numRuns: 300 },
    );
  }
});

test("the other beginning replaces the first chunk, and nothing else", () => {
  const encoder = new WholeTextEncoder(tokenize, true, true);
  for (const text of ["wake me up", "(wake) me", "x", "“naïve” 50%, ok"]) {
    const { ids, beginning } = encoder.encode(prepareText(text, options));
    expect(ids).toEqual(whole(text, true).ids);
    expect([...beginning!.ids, ...ids.slice(beginning!.replaces)]).toEqual(whole(text, false).ids);
  }
  expect(encoder.encode(prepareText(" ", options))).toEqual({ ids: [], words: [] });
});

test("punctuation that meets inside of a chunk is one token, as in the whole text", () => {
  const { tokens } = tokenize(" ($5)");
  expect(tokens).toEqual(["Ġ(", "$", "5", ")"]);
  const { ids, words } = new WholeTextEncoder(tokenize, true, false).encode(prepareText("say ($5).", options));
  expect(ids).toEqual(tokenize(" say ($5).").ids);
  expect(words).toHaveLength(2);
});

test("every byte has a character of its own", () => {
  expect(new Set(BYTE_TOKENS).size).toBe(256);
  expect(BYTE_TOKENS[0x20]).toBe("Ġ");
  expect(BYTE_TOKENS[0x0a]).toBe("Ċ");
  expect(tokenize("é\u0000").tokens.join("")).toBe([0xc3, 0xa9, 0].map((byte) => BYTE_TOKENS[byte]).join(""));
});
