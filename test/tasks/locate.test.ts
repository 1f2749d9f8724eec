import { distance } from "fastest-levenshtein";
import fc from "fast-check";
import { expect, test } from "vitest";
import { locateValue } from "../../src/tasks/locate.js";
import { prepareText, type Span } from "../../src/text/prepare.js";

const prepare = (text: string) => prepareText(text, { nfkc: true, lowercase: true });
/** What of the text a value is taken for, with its place marked: "at [nine]". */
function marked(text: string, value: string, taken: readonly Span[] = []): string | undefined {
  const place = locateValue(prepare(text), value, taken);
  return place && `${text.slice(0, place.start)}[${text.slice(place.start, place.end)}]${text.slice(place.end)}`;
}

test.each([
  ["a word", "wake me at nine", "nine", "wake me at [nine]"],
  ["several words", "play the black album now", "the black album", "play [the black album] now"],
  ["the first of several places", "nine or nine", "nine", "[nine] or nine"],
  ["white space around the value", "at nine", " nine\n", "at [nine]"],
  ["a word rather than the inside of an earlier one", "a canine at nine", "nine", "a canine at [nine]"],
  ["a part of a word, when no word is it", "turn it to 50%", "50", "turn it to [50]%"],
  ["letters across the bounds of words", "meet anna-lena", "anna-l", "meet [anna-l]ena"],
  ["punctuation that the value has, too", "call J.R. (home)!", "(home)", "call J.R. [(home)]!"],
])("finds the exact letters: %s", (_name, text, value, expected) => {
  expect(marked(text, value)).toBe(expected);
});

test.each([
  ["upper case", "Play some JAZZ", "jazz", "Play some [JAZZ]"],
  ["upper case in the value", "play some jazz", "Jazz", "play some [jazz]"],
  [
    "a word in upper case rather than the inside of another",
    "Ann wants an annual plan",
    "ann",
    "[Ann] wants an annual plan",
  ],
  ["full width", "wake me at ９ ｐｍ", "9 pm", "wake me at [９ ｐｍ]"],
  ["a ligature", "search for ﬁnland", "finland", "search for [ﬁnland]"],
  ["an accent of its own", "a cafe\u0301 nearby", "café", "a [cafe\u0301] nearby"],
  ["curly quotes", "at anna’s “place”", "anna's", "at [anna’s] “place”"],
  ["curly quotes in the value", "at anna's place", "anna’s", "at [anna's] place"],
  ["white space", "in new\t\u00a0york now", "new york", "in [new\t\u00a0york] now"],
  ["doubled spaces in the value", "in new york now", "new  york", "in [new york] now"],
])("finds the same letters in another form: %s", (_name, text, value, expected) => {
  expect(marked(text, value)).toBe(expected);
});

test.each([
  ["one slip", "remind me on wednesday", "wensday", undefined],
  ["one letter too few", "remind me on wednesday", "wednsday", "remind me on [wednesday]"],
  ["one letter too many", "call anna", "annna", "call [anna]"],
  ["another letter", "play the beatles", "the beetles", "play [the beatles]"],
  ["a space too many", "at 9pm please", "9 pm", "at [9pm] please"],
  ["a space too few", "at 10 am please", "10am", "at [10 am] please"],
  ["the nearest of two", "from brisbone to brisbane", "brisbanes", "from brisbone to [brisbane]"],
  ["the first of two that are as near", "bat or cats, dats", "zats", "bat or [cats], dats"],
])("finds what a model has misspelt: %s", (_name, text, value, expected) => {
  expect(marked(text, value)).toBe(expected);
});

test.each([
  ["another word", "wake me at nine", "friday"],
  ["more than a fifth of other letters", "remind me on monday", "sunday"],
  ["a number of one digit for another", "wake me at 9", "5"],
  ["another short word", "at 9 am", "pm"],
  ["nothing", "wake me at nine", ""],
  ["white space", "wake me at nine", " \t"],
  ["a value longer than the text", "nine", "nine in the morning on friday"],
  ["half of an emoji", "play 🎺", "\ud83c"],
  ["a value in a text without words", "...", "nine"],
])("does not find what the text does not say: %s", (_name, text, value) => {
  expect(marked(text, value)).toBeUndefined();
});

test("offsets are UTF-16 code units of the raw text", () => {
  expect(locateValue(prepare("🎺👩‍👩‍👧 AT NINE"), "nine", [])).toEqual({ start: 14, end: 18 });
  expect(marked("send 🎺 to 🎺🎺", "🎺🎺")).toBe("send 🎺 to [🎺🎺]");
});

test("equal values take one place after the other, and then there is none", () => {
  const text = prepare("nine and Nine or ten");
  const taken: Span[] = [];
  for (const start of [0, 9]) {
    const place = locateValue(text, "nine", taken);
    expect(place).toEqual({ start, end: start + 4 });
    taken.push(place!);
  }
  expect(locateValue(text, "nine", taken)).toBeUndefined();
});

test.each([
  ["the place of a longer value", "nine am", { start: 0, end: 7 }, "nine", undefined],
  [
    "the place inside a longer value, but one further on",
    "nine am nine",
    { start: 0, end: 7 },
    "nine",
    "nine am [nine]",
  ],
  ["a part of the value", "new york city", { start: 4, end: 8 }, "new york", undefined],
  ["the place right behind the value", "new york", { start: 4, end: 8 }, "new", "[new] york"],
  ["the place right before the value", "new york", { start: 0, end: 4 }, "york", "new [york]"],
])("a value does not overlap %s", (_name, text, taken, value, expected) => {
  expect(marked(text, value, [taken])).toBe(expected);
});

const words = fc.array(fc.constantFrom("nine", "Zoë", "am", "new", "york", "🎺", "50%", "anna’s", "(ok)", "ﬁn"), {
  minLength: 1,
  maxLength: 8,
});

test("every run of words is found as it is written", () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (parts, a, b) => {
      const text = prepare(parts.join(" "));
      const first = text.words[a % Math.max(1, text.words.length)];
      const last = text.words.slice(a % Math.max(1, text.words.length))[b % 3];
      fc.pre(first !== undefined && last !== undefined);
      const value = text.text.slice(first.start, last.end);
      const place = locateValue(text, value, []);
      expect(text.text.slice(place?.start, place?.end)).toBe(value);
    }),
  );
});

test("whatever the value, a place lies in the text, is free, says nearly that and cuts no character", () => {
  const free = ({ start, end }: Span, taken: Span) => end <= taken.start || taken.end <= start;
  fc.assert(
    fc.property(
      words,
      fc.oneof(
        words.map((parts) => parts.join(" ")),
        fc.string({ unit: "binary" }),
      ),
      (parts, value) => {
        const text = prepare(parts.join(" "));
        const taken = { start: 2, end: 6 };
        const place = locateValue(text, value, [taken]);
        if (!place) return;
        expect(free(place, taken)).toBe(true);
        expect(place.start).toBeLessThan(place.end);
        const said = text.text.slice(place.start, place.end);
        expect(said).not.toMatch(/\p{Surrogate}/u);
        const fold = (one: string) =>
          one.trim().normalize("NFKC").replace(/[’‘]/g, "'").toLowerCase().replace(/\s+/g, " ");
        expect(distance(fold(said), fold(value))).toBeLessThanOrEqual(Math.max(1, 0.2 * value.trim().length));
      },
    ),
    { numRuns: 500 },
  );
});
