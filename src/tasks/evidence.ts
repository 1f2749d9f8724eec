/** A linear table over the tokens of a text, as `training/evidence_table.py` writes it. */
export interface EvidenceTable {
  /** A power of two. */
  readonly buckets: number;
  readonly labels: number;
  /** [buckets] How much a bucket counts, without a sign; then [buckets][labels], what it says, with one. */
  readonly bytes: Uint8Array;
  /** So many tokens that a text opens with count twice. */
  readonly opening: number;
  /** Above 0. Added to the square of a text's length as a vector, so that few words don't speak as loudly as many. */
  readonly damping: number;
  /** What one unit of the sum counts as a logit. */
  readonly weight: number;
}

/** Stands before a token that is looked at by itself. */
const NOTHING = -1;

/**
 * What the tokens of a text, one by one and in pairs, say of its labels whatever the model has understood: TF-IDF of
 * hashed features, times a matrix.
 */
export class Evidence {
  readonly #importances: Uint8Array;
  readonly #weights: Int8Array;
  /** [buckets] Of the text that is being looked at; between two of them all are 0. */
  readonly #counts: Uint32Array;

  constructor(private readonly table: EvidenceTable) {
    const { bytes, buckets, labels } = table;
    this.#importances = bytes.subarray(0, buckets);
    this.#weights = new Int8Array(bytes.buffer, bytes.byteOffset + buckets, buckets * labels);
    this.#counts = new Uint32Array(buckets);
  }

  /** [labels] To be added to logits. A text without tokens has a 0 for each. */
  scores(ids: readonly number[]): Float32Array {
    const { labels, damping, weight } = this.table;
    const sums = new Float64Array(labels);
    let squares = damping;
    for (const bucket of this.#count(ids)) {
      const value = (1 + Math.log(this.#counts[bucket]!)) * this.#importances[bucket]!;
      this.#counts[bucket] = 0;
      squares += value * value;
      const row = bucket * labels;
      for (let label = 0; label < labels; label++) sums[label]! += value * this.#weights[row + label]!;
    }
    const scale = weight / Math.sqrt(squares);
    return Float32Array.from(sums, (sum) => scale * sum);
  }

  /** Counts the tokens and pairs of a text. Returns the buckets that have any, each once. */
  #count(ids: readonly number[]): Uint32Array {
    const { buckets, opening } = this.table;
    const counts = this.#counts;
    const found = new Uint32Array(2 * ids.length);
    let distinct = 0;
    const add = (before: number, id: number, times: number) => {
      const bucket = hash(before, id) & (buckets - 1);
      if (counts[bucket] === 0) found[distinct++] = bucket;
      counts[bucket]! += times;
    };
    for (let i = 0; i < ids.length; i++) {
      const times = i < opening ? 2 : 1;
      add(NOTHING, ids[i]!, times);
      if (i > 0) add(ids[i - 1]!, ids[i]!, times);
    }
    return found.subarray(0, distinct);
  }
}

/** Of a token after another, in 32 bits: no two pairs of a vocabulary of 16,384 share all of them (MurmurHash3's end). */
function hash(before: number, id: number): number {
  let h = Math.imul(before + 1, 0x9e3779b1) + id;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
