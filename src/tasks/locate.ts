import { distance } from "fastest-levenshtein";
import { normalize, type PreparedText, type Span } from "../text/prepare.js";

// A value that a model wrote may have slipped by this share of its letters, and at least by one; a shorter one by none,
// since another letter makes it another word: "am" is no "pm".
const SLIP = 0.2;
const SHORTEST_SLIP = 4;
// How many words the place may have more or less than the value: "9 pm" may be one word in the text.
const WORD_SLACK = 1;
const LONE_SURROGATE = /\p{Surrogate}/u; // half of a character: with the u flag a pair is one character and no surrogate

/**
 * Finds where a text says a value: the words that are exactly it, else those that are it when case, Unicode form and quotes
 * are put aside, else its exact letters inside of words, else the words that differ least from it, by at most a fifth of its
 * letters. Undefined: the text does not say it.
 *
 * taken: places of other values, which must not be overlapped.
 */
export function locateValue(text: PreparedText, value: string, taken: readonly Span[]): Span | undefined {
  const wanted = value.trim();
  if (wanted === "" || LONE_SURROGATE.test(wanted)) return undefined;
  const free = (place: Span) => taken.every(({ start, end }) => place.end <= start || end <= place.start);
  const places = wordRuns(text, wanted).filter(free);
  const says = (place: Span) => text.text.slice(place.start, place.end);
  return (
    places.find((place) => says(place) === wanted) ??
    places.find((place) => fold(says(place)) === fold(wanted)) ??
    insideWords(text.text, wanted).find(free) ??
    nearest(places, (place) => distance(fold(says(place)), fold(wanted)), mostSlips(wanted))
  );
}

function mostSlips({ length }: string): number {
  return length < SHORTEST_SLIP ? 0 : Math.max(1, SLIP * length);
}

/** Runs of about as many words as the value has, in the order of the text. */
function wordRuns({ words }: PreparedText, value: string): Span[] {
  const length = value.split(/\p{White_Space}+/u).length;
  const runs: Span[] = [];
  for (const [first, { start }] of words.entries()) {
    for (let count = Math.max(1, length - WORD_SLACK); count <= length + WORD_SLACK; count++) {
      const last = words[first + count - 1];
      if (last) runs.push({ start, end: last.end });
    }
  }
  return runs;
}

/** Every place of the exact letters. */
function insideWords(text: string, value: string): Span[] {
  const places: Span[] = [];
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + 1)) {
    places.push({ start, end: start + value.length });
  }
  return places;
}

function nearest(places: readonly Span[], cost: (place: Span) => number, most: number): Span | undefined {
  let best: Span | undefined;
  let least = Infinity;
  for (const place of places) {
    const found = cost(place);
    if (found <= most && found < least) [best, least] = [place, found];
  }
  return best;
}

function fold(text: string): string {
  return normalize(text, { nfkc: true, lowercase: true }).replace(/\p{White_Space}+/gu, " ");
}
