/** BIO tags, parsed once a bundle: by tag index, what it does and to which slot. */
export interface TagSet {
  readonly tags: readonly string[];
  /** [tags] Slot names; undefined for O. */
  readonly slots: readonly (string | undefined)[];
  /** [tags] For I-x, which may only follow B-x and I-x, the index of B-x; -1 for O and B-x, which follow any. */
  readonly begins: Int32Array;
}

/** Tags that are no BIO tag set. */
export class TagSetError extends RangeError {
  constructor(fault: string) {
    super(fault);
    this.name = new.target.name;
  }
}

/** @throws TagSetError unless there is one "O", every other tag is "B-x" or "I-x", none twice, and no "I-x" lacks its "B-x". */
export function parseTagSet(tags: readonly string[]): TagSet {
  if (!tags.includes("O")) throw new TagSetError('the tag "O" is missing');
  const twice = tags.find((tag, i) => tags.indexOf(tag) !== i);
  if (twice !== undefined) throw new TagSetError(`the tag "${twice}" occurs twice`);
  const begins = Int32Array.from(tags, (tag) => {
    if (tag === "O" || /^B-./u.test(tag)) return -1;
    if (!/^I-./u.test(tag)) throw new TagSetError(`"${tag}" is no BIO tag`);
    const begin = tags.indexOf(`B-${tag.slice(2)}`);
    if (begin < 0) throw new TagSetError(`"${tag}" has no "B-${tag.slice(2)}"`);
    return begin;
  });
  return { tags, slots: tags.map((tag) => (tag === "O" ? undefined : tag.slice(2))), begins };
}

/**
 * The most probable sequence of tags in which I-x only follows B-x or I-x (Viterbi).
 *
 * scores: [words][tags] log-probabilities, or logits: what all tags of a word have in common changes no path. Finite.
 * Returns [words] tag indexes.
 * O(words × tags): only I-x looks back, and at two tags; all others follow the best path so far.
 */
export function decodeBio(scores: readonly Float32Array[], { begins }: TagSet): Int32Array {
  const size = begins.length;
  const back = new Int32Array(scores.length * size); // [words × tags] the best tag before
  let best = new Float64Array(size); // [tags] score of the best path that ends in the tag
  let next = new Float64Array(size);
  for (let word = 0; word < scores.length; word++) {
    const row = scores[word]!;
    const leader = argmax(best);
    for (let tag = 0; tag < size; tag++) {
      const begin = begins[tag]!;
      const previous = begin < 0 ? leader : best[begin]! >= best[tag]! ? begin : tag;
      // Nothing comes before the first word: any tag but I-x may open a text.
      const before = word > 0 ? best[previous]! : begin < 0 ? 0 : -Infinity;
      next[tag] = before + row[tag]!;
      back[word * size + tag] = previous;
    }
    [best, next] = [next, best];
  }
  const path = new Int32Array(scores.length);
  let tag = argmax(best);
  for (let word = scores.length - 1; word >= 0; word--) {
    path[word] = tag;
    tag = back[word * size + tag]!;
  }
  return path;
}

/** Index of the largest value, the first of equals. */
function argmax(values: Float64Array): number {
  let index = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[index]!) index = i;
  }
  return index;
}
