import { LRUCache } from "lru-cache";
import type { Piece, PreparedText } from "../../text/prepare.js";
import type { Beginning, EncodedText } from "../plan.js";

/** What a byte-level BPE makes of a text: a token's string has a character for each byte that it stands for. */
export interface Tokens {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

// As in `PieceEncoder`.
const CACHED_CHUNKS = 50_000;
const LONGEST_CACHED_CHUNK = 40;

/**
 * Turns a text into ids as a byte-level BPE reads the whole of it, with one space between its chunks.
 *
 * Its splitter never joins what a space parts, so chunks can be tokenised alone and remembered; the pieces inside of a
 * chunk can't, as punctuation and symbols that meet make one token ("50%," ends in "%,").
 */
export class WholeTextEncoder {
  readonly #known = new LRUCache<string, Tokens>({ max: CACHED_CHUNKS });

  /**
   * tokenize: of a stretch of text, without special tokens.
   * spaced: whether the text's first chunk has a space before it.
   * both: give the ids of the other way, too, as `beginning`.
   */
  constructor(
    private readonly tokenize: (text: string) => Tokens,
    private readonly spaced: boolean,
    private readonly both: boolean,
  ) {}

  encode({ pieces }: Pick<PreparedText, "pieces">): EncodedText {
    const ids: number[] = [];
    const words: number[] = [];
    let beginning: Beginning | undefined;
    for (let start = 0; start < pieces.length;) {
      let end = start + 1;
      while (end < pieces.length && !pieces[end]!.text.startsWith(" ")) end += 1;
      const chunk = pieces.slice(start, end);
      const text = chunk.map((piece) => piece.text).join("");
      const isFirst = start === 0;
      const tokens = this.#tokensOf(isFirst && !this.spaced ? text.slice(1) : text);
      if (isFirst && this.both) {
        const other = this.#tokensOf(this.spaced ? text.slice(1) : text);
        beginning = { ids: other.ids, replaces: tokens.ids.length };
      }
      for (const first of firstTokens(chunk, tokens, isFirst && !this.spaced ? 1 : 0)) words.push(ids.length + first);
      for (const id of tokens.ids) ids.push(id);
      start = end;
    }
    return { ids, words, ...(beginning && { beginning }) };
  }

  #tokensOf(text: string): Tokens {
    if (text.length > LONGEST_CACHED_CHUNK) return this.tokenize(text);
    const known = this.#known.get(text);
    if (known) return known;
    const tokens = this.tokenize(text);
    this.#known.set(text, tokens);
    return tokens;
  }
}

/**
 * Index in `tokens` of the token that holds the first byte of each word of a chunk.
 * dropped: bytes of the chunk's pieces that were not tokenised, at its start.
 */
function firstTokens(chunk: readonly Piece[], { tokens }: Tokens, dropped: number): number[] {
  if (chunk.length === 1) return chunk[0]!.word === null ? [] : [0];
  const found: number[] = [];
  let token = 0;
  let tokenEnd = tokens[0]?.length ?? 0;
  let pieceStart = -dropped;
  for (const { text, word } of chunk) {
    while (tokenEnd <= pieceStart && token + 1 < tokens.length) tokenEnd += tokens[++token]!.length;
    if (word !== null) found.push(token);
    pieceStart += Buffer.byteLength(text);
  }
  return found;
}

/** How a byte-level BPE writes each of the 256 bytes: printable Latin-1 as itself, the others from U+0100 on. */
export const BYTE_TOKENS: readonly string[] = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();
