/**
 * Words and pieces of a text: what the models read, and where tags are read off.
 *
 * The twin of `training/text.py`: both are pinned by the golden vectors of each bundle, so a change here is a change there.
 * A text is cut at white space into chunks, each chunk into an optional prefix of punctuation, a word and an optional
 * suffix; every piece is normalised and tokenised by itself. Offsets are taken before normalisation, so that normalisation
 * may change lengths freely.
 */

export interface TextOptions {
  readonly nfkc: boolean;
  readonly lowercase: boolean;
  /** Unless false: ’ becomes ', “ becomes ". */
  readonly straight_quotes?: boolean | undefined;
}

/** A stretch of normalised text that is tokenised alone. `word` indexes `PreparedText.words`; null for punctuation. */
export interface Piece {
  readonly text: string;
  readonly word: number | null;
}

/** Half-open offsets into the raw text, in UTF-16 code units: what `String.slice` takes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface PreparedText {
  /** As the caller wrote it. */
  readonly text: string;
  readonly words: readonly Span[];
  readonly pieces: readonly Piece[];
}

// Python's `str.split` and JavaScript's `\s` disagree with the property White_Space and with each other.
const CHUNK = /\P{White_Space}+/gu;
// Some punctuation and symbols carry meaning at a word's edge: "50%", "@anna", "#news", "r&b", "20°", and money: "$5" (Sc).
// U+FE0F, a non-spacing mark, trails an emoji.
const EDGE = /^(?![%@#&°])[\p{Pc}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{So}\p{Sk}\p{Cf}\uFE0F]$/u;
const LETTER = /^\p{L}$/u;
const ABBREVIATIONS = new Set(["mr", "mrs", "ms", "dr", "st", "jr", "sr"]);
const QUOTES = /[’‘ʼ“”]/gu;

/** Cuts a text. Any string in, also lone surrogates, without a failure; O(length). */
export function prepareText(text: string, options: TextOptions): PreparedText {
  const words: Span[] = [];
  const pieces: Piece[] = [];
  for (const match of text.matchAll(CHUNK)) {
    const chunk = match[0];
    const { start, end } = wordBounds(chunk);
    let space = " "; // the space before a chunk belongs to the chunk's first piece, also at the very beginning
    const add = (part: string, word: number | null) => {
      if (part === "") return;
      pieces.push({ text: space + normalize(part, options), word });
      space = "";
    };
    add(chunk.slice(0, start), null);
    if (start < end) words.push({ start: match.index + start, end: match.index + end });
    add(chunk.slice(start, end), words.length - 1);
    add(chunk.slice(end), null);
  }
  return { text, words, pieces };
}

/** The words as a prompt spells them: normalised. */
export function spelledWords({ pieces }: Pick<PreparedText, "pieces">): string[] {
  return pieces.filter(({ word }) => word !== null).map(({ text }) => text.trim());
}

/** Offsets of the word inside a chunk of non-space characters; an empty range when it is all punctuation. */
function wordBounds(chunk: string): Span {
  let start = 0;
  let end = chunk.length;
  // Loops and not `EDGE+$`, which takes quadratic time on long runs of punctuation.
  while (start < end) {
    const character = String.fromCodePoint(chunk.codePointAt(start) ?? 0);
    if (!EDGE.test(character)) break;
    start += character.length;
  }
  while (end > start) {
    const character = lastCharacter(chunk, end);
    if (!EDGE.test(character)) break;
    end -= character.length;
  }
  if (end > start && chunk[end] === "." && keepsFullStop(chunk.slice(start, end))) end += 1;
  return { start, end };
}

/** The code point that ends before `end`. */
function lastCharacter(chunk: string, end: number): string {
  const pair = chunk.slice(Math.max(0, end - 2), end);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : pair.slice(-1);
}

/** Whether a full stop after `word` belongs to it: "p.", "u.s", "mr". */
function keepsFullStop(word: string): boolean {
  return ABBREVIATIONS.has(word.toLowerCase()) || word.split(".").every((part) => LETTER.test(part));
}

/** NFKC, straight quotes, lower case. */
export function normalize(piece: string, { nfkc, lowercase, straight_quotes = true }: TextOptions): string {
  const composed = nfkc ? piece.normalize("NFKC") : piece;
  const straight = straight_quotes
    ? composed.replace(QUOTES, (quote) => (quote === "“" || quote === "”" ? '"' : "'"))
    : composed;
  return lowercase ? straight.toLowerCase() : straight;
}
