import type { LabelledText, Span } from "./labelled-text.js";
import { choose, type Random } from "../../statistics/random.js";

/** Makes a text look more like what people type. The gold slots of the result point into its own text. */
export type Perturbation = (row: LabelledText, random: Random) => LabelledText;

/**
 * Rewrites the words of a text and moves its slots along. A word is a stretch without white space that no slot begins
 * or ends inside of; `change` gets it with the words before and after it ("" at the ends).
 */
function rewriteWords(
  row: LabelledText,
  change: (word: string, before: string, after: string) => string,
): LabelledText {
  const chunks = [...row.text.matchAll(/\S+/gu)].flatMap(({ 0: chunk, index }) => [index, index + chunk.length]);
  const borders = row.slots?.flatMap(({ start, end }) => [start, end]) ?? [];
  const cuts = [...new Set([0, ...chunks, ...borders, row.text.length])].sort((a, b) => a - b);
  const parts = cuts.map((cut, i) => row.text.slice(cut, cuts[i + 1]));
  const words = parts.filter((part) => /^\S/u.test(part));
  const moved = new Map<number, number>(); // from offsets in the old text to offsets in the new one
  let text = "";
  let at = 0;
  parts.forEach((part, i) => {
    moved.set(cuts[i] ?? 0, text.length);
    if (part === words[at]) {
      text += change(part, words[at - 1] ?? "", words[at + 1] ?? "");
      at += 1;
    } else {
      text += part; // white space
    }
  });
  const slots = row.slots?.map(({ name, start, end }): Span => ({
    name,
    start: moved.get(start) ?? 0,
    end: moved.get(end) ?? 0,
  }));
  return { ...row, text, ...(slots && { slots }) };
}

const TYPO_RATE = 0.05;
const SHORTEST_MISTYPED = 4; // letters: a typo in a shorter word mostly makes another word
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** One letter swapped with the next, dropped, doubled or replaced. `word`: two letters or more. */
function typo(word: string, random: Random): string {
  const letters = [...word]; // by code point, so that no surrogate pair is torn
  const at = Math.floor(random() * (letters.length - 1));
  const [letter = "", next = ""] = letters.slice(at, at + 2);
  const swapped = [next, letter];
  const dropped = [next];
  const doubled = [letter, letter, next];
  const replaced = [choose(LETTERS, random), next];
  letters.splice(at, 2, ...choose([swapped, dropped, doubled, replaced], random));
  return letters.join("");
}

const UNITS = "zero one two three four five six seven eight nine".split(" ");
const TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const DIGITS = new Map([
  ...[...UNITS, ...TEENS].map((word, i) => [word, i] as const),
  ...TENS.map((word, i) => [word, 10 * (i + 2)] as const),
]);
DIGITS.delete("one"); // mostly a pronoun, and nobody types "which 1"

/** Word for word; "twenty five" stays, as nobody types "20 5". */
function inDigits(word: string, before: string, after: string): string {
  const [plain, next, last] = [word, after, before].map((w) => w.toLowerCase());
  const compound = (tens = "", unit = "") => TENS.includes(tens) && UNITS.indexOf(unit) > 0;
  if (compound(plain, next) || compound(last, plain)) return word;
  return String(DIGITS.get(plain ?? "") ?? word);
}

const EMOJI = ["😀", "👍", "🙏", "🎵", "☀️", "⏰", "❤️"];

export const PERTURBATIONS = {
  upper: (row) => rewriteWords(row, (word) => word.toUpperCase()),
  "final-punctuation": (row, random) =>
    /\p{P}\s*$/u.test(row.text) ? row : { ...row, text: row.text + choose([".", "?"], random) },
  typos: (row, random) =>
    rewriteWords(row, (word) =>
      [...word].length >= SHORTEST_MISTYPED && random() < TYPO_RATE ? typo(word, random) : word,
    ),
  emoji: (row, random) => ({ ...row, text: `${row.text} ${choose(EMOJI, random)}` }),
  digits: (row) => rewriteWords(row, inDigits),
} as const satisfies Record<string, Perturbation>;

export type PerturbationName = keyof typeof PERTURBATIONS;
