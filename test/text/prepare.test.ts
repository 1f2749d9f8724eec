import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepareText, spelledWords } from "../../src/text/prepare.js";

const options = { nfkc: true, lowercase: true };

/** Pieces as the models read them: a word between brackets. */
function cut(text: string): string {
  return prepareText(text, options)
    .pieces.map(({ text, word }) => (word === null ? text : `[${text}]`))
    .join("|");
}

describe("cuts a text as training does", () => {
  test.each([
    ["Wake me", "[ wake]|[ me]"],
    ["  wake\tme\u00a0up\n", "[ wake]|[ me]|[ up]"],
    ["a\u0085b\u2028c\u3000d", "[ a]|[ b]|[ c]|[ d]"],
    ["a\u001cb", "[ a\u001cb]"],
    ["friday!", "[ friday]|!"],
    ["(friday", " (|[friday]"],
    ["“new york”", ' "|[new]|[ york]|"'],
    ["please...", "[ please]|..."],
    ["...", " ..."],
    ["5 p.m.", "[ 5]|[ p.m.]"],
    ["5 p.m.?", "[ 5]|[ p.m.]|?"],
    ["Mr. Smith.", "[ mr.]|[ smith]|."],
    ["the U.S.", "[ the]|[ u.s.]"],
    ["at 9.", "[ at]|[ 9]|."],
    ["x..", "[ x.]|."],
    ["50% off", "[ 50%]|[ off]"],
    ["$5.", "[ $5]|."],
    ["@anna, #news r&b 20°", "[ @anna]|,|[ #news]|[ r&b]|[ 20°]"],
    ["what’s ‘this’", "[ what's]| '|[this]|'"],
    ["pizza 🍕", "[ pizza]| 🍕"],
    ["love❤️ it", "[ love]|❤️|[ it]"],
    ["👨‍👩‍👧 family", " 👨‍👩‍👧|[ family]"],
    ["שלום! مرحبا،", "[ שלום]|!|[ مرحبا]|،"],
    ["e\u0301clair, \u0301", "[ éclair]|,|[ \u0301]"],
    ["ＦＵＬＬ ﬁne İ", "[ full]|[ fine]|[ i\u0307]"],
    ["\u200bzero\u200b", " \u200b|[zero]|\u200b"],
    ["", ""],
    ["\t \u2003", ""],
  ])("%j", (text, pieces) => {
    expect(cut(text)).toBe(pieces);
  });
});

test("offsets are those of the raw text, whatever normalisation does to its length", () => {
  const text = "“ﬁnd” 🍕Zoë’s ½!";
  const { words } = prepareText(text, options);
  expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(["ﬁnd", "Zoë’s", "½"]);
});

test("a cased model is given its text cased, and one without NFKC its characters", () => {
  const { pieces } = prepareText("Ｐlay “IT”", { nfkc: false, lowercase: false });
  expect(pieces.map(({ text }) => text)).toEqual([" Ｐlay", ' "', "IT", '"']);
  const raw = prepareText("Ｐlay “IT”", { nfkc: false, lowercase: false, straight_quotes: false });
  expect(raw.pieces.map(({ text }) => text)).toEqual([" Ｐlay", " “", "IT", "”"]);
});

test("a long run of punctuation takes linear time", () => {
  const before = performance.now();
  prepareText(`${"!".repeat(300_000)}a${"!".repeat(300_000)}a`, options);
  expect(performance.now() - before).toBeLessThan(2_000);
});

const anyString = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(..."aZ9.,!'\"(%$ \t\u00a0\u0301\u200d\ufe0f\ud83c\udf55", "🍕", "“", "é", "p.m."),
  }),
);

test("any string: words lie in the text in order, and are neither empty nor spaced", () => {
  fc.assert(
    fc.property(anyString, (text) => {
      let last = 0;
      for (const { start, end } of prepareText(text, options).words) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(text.slice(start, end)).toMatch(/^\P{White_Space}+$/u);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }),
  );
});

test("any string: each word is one piece, in order, and pieces hold all that is no white space", () => {
  fc.assert(
    fc.property(anyString, (text) => {
      const { words, pieces } = prepareText(text, { nfkc: false, lowercase: false });
      expect(pieces.flatMap(({ word }) => word ?? [])).toEqual(words.map((_, i) => i));
      const straight = (part: string) => part.replace(/[’‘ʼ]/gu, "'").replace(/[“”]/gu, '"');
      expect(
        pieces
          .map((piece) => piece.text)
          .join("")
          .replaceAll(" ", ""),
      ).toBe(straight(text.replace(/\p{White_Space}/gu, "")));
    }),
  );
});

test("words are spelled as the prompt has them, without the punctuation around", () => {
  const text = prepareText("Wake me at “Nine”, ＰＬＥＡＳＥ!", { nfkc: true, lowercase: true });
  expect(spelledWords(text)).toEqual(["wake", "me", "at", "nine", "please"]);
});
