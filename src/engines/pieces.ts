import { LRUCache } from "lru-cache";
import type { PreparedText } from "../text/prepare.js";
import type { EncodedText } from "./plan.js";

// Some 50,000 words cover what people say; longer pieces are rarely said twice and would let texts fill the memory.
const CACHED_PIECES = 50_000;
const LONGEST_CACHED_PIECE = 40;

/** Turns texts into ids piece by piece, and remembers the ids of common pieces. */
export class PieceEncoder {
  readonly #ids = new LRUCache<string, readonly number[]>({ max: CACHED_PIECES });

  /** tokenize: ids of one piece, without special tokens; the same for the same piece. */
  constructor(private readonly tokenize: (piece: string) => readonly number[]) {}

  encode({ pieces }: Pick<PreparedText, "pieces">): EncodedText {
    const ids: number[] = [];
    const words: number[] = [];
    for (const { text, word } of pieces) {
      if (word !== null) words.push(ids.length);
      for (const id of this.#idsOf(text)) ids.push(id);
    }
    return { ids, words };
  }

  #idsOf(piece: string): readonly number[] {
    if (piece.length > LONGEST_CACHED_PIECE) return this.tokenize(piece);
    const known = this.#ids.get(piece);
    if (known) return known;
    const ids = this.tokenize(piece);
    this.#ids.set(piece, ids);
    return ids;
  }
}
