/** BIO tags, parsed once a bundle: by tag index, what it does and to which slot. */
export interface TagSet {
  readonly tags: readonly string[];
  /** [tags] Slot names; undefined for O. */
  readonly slots: readonly (string | undefined)[];
  /** [tags] For I-x, which may only follow B-x and I-x, the index of B-x; -1 for O and B-x, which follow any. */
  readonly begins: Int32Array;
  /** [tags + 1 × tags] What is added to the scores where a tag follows another; the last row: where it opens a text. */
  readonly transitions: Float64Array;
  /** The most that transitions into one tag, which follows any, differ: a path that is further behind can't catch up. */
  readonly spread: number;
  /** [intents][tags] What is added to a tag's score under an intent; undefined where no intent speaks for or against slots. */
  readonly penalties: readonly Float64Array[] | undefined;
}

/** What a bundle knows of tags before it has read a word. Natural logarithms, scaled as they are to be added. */
export interface TagStructure {
  /** [tags + 1][tags] A tag after another; the last row: a tag that opens a text. None: all are 0. */
  readonly transitions?: readonly (readonly number[])[] | undefined;
  /** [intents][slots] A slot beside an intent, at most 0; the slots in the order in which the tags name them first. */
  readonly compatibility?: readonly (readonly number[])[] | undefined;
}

/** A sequence of tags, by their indexes, and the sum of its scores. */
export interface TagPath {
  readonly tags: Int32Array;
  readonly score: number;
}

/** Tags that are no BIO tag set. */
export class TagSetError extends RangeError {
  constructor(fault: string) {
    super(fault);
    this.name = new.target.name;
  }
}

/**
 * structure: of the shapes that `TagStructure` tells.
 * @throws TagSetError unless there is one "O", every other tag is "B-x" or "I-x", none twice, and no "I-x" lacks its "B-x".
 */
export function parseTagSet(tags: readonly string[], { transitions, compatibility }: TagStructure = {}): TagSet {
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
  const slots = tags.map((tag) => (tag === "O" ? undefined : tag.slice(2)));
  const added = Float64Array.from(transitions?.flat() ?? new Float64Array((tags.length + 1) * tags.length));
  const penalties = compatibility?.map((row) => penaltiesOf(row, slots, begins));
  return { tags, slots, begins, transitions: added, spread: spreadOf(added, begins), penalties };
}

/** The slots of a tag set, in the order in which its tags name them first. */
export function slotNames(slots: TagSet["slots"]): string[] {
  return [...new Set(slots)].filter((slot) => slot !== undefined);
}

/** A span pays for its slot once, where it begins. row: [slots]; returns [tags] */
function penaltiesOf(row: readonly number[], slots: TagSet["slots"], begins: Int32Array): Float64Array {
  const names = slotNames(slots);
  return Float64Array.from(slots, (slot, tag) => (slot && begins[tag]! < 0 ? row[names.indexOf(slot)]! : 0));
}

function spreadOf(transitions: Float64Array, begins: Int32Array): number {
  const size = begins.length;
  const spreads = Array.from(begins, (begin, tag) => {
    if (begin >= 0) return 0;
    const column = Array.from(begins, (_, before) => transitions[before * size + tag]!);
    return Math.max(...column) - Math.min(...column);
  });
  return Math.max(...spreads);
}

/**
 * The best sequence of tags in which I-x only follows B-x or I-x (Viterbi): the sum of its scores, transitions and penalties.
 *
 * scores: [words][tags] log-probabilities, or logits: what all tags of a word have in common changes no path. Finite.
 * penalties: [tags] added to the scores of every word.
 * O(words × tags) without transitions, O(words × tags²) when all paths are close; in between only those that may still win count.
 */
export function decodeBio(scores: readonly Float32Array[], set: TagSet, penalties?: Float64Array): TagPath {
  const size = set.begins.length;
  const back = new Int32Array(scores.length * size); // [words × tags] the best tag before
  let best = new Float64Array(size); // [tags] score of the best path that ends in the tag
  let next = new Float64Array(size);
  for (let word = 0; word < scores.length; word++) {
    if (word === 0) open(next, set);
    else extend(best, next, back.subarray(word * size), set);
    const row = scores[word]!;
    for (let tag = 0; tag < size; tag++) next[tag]! += row[tag]! + (penalties ? penalties[tag]! : 0);
    [best, next] = [next, best];
  }
  const tags = new Int32Array(scores.length);
  let tag = argmax(best);
  const score = best[tag]!;
  for (let word = scores.length - 1; word >= 0; word--) {
    tags[word] = tag;
    tag = back[word * size + tag]!;
  }
  return { tags, score };
}

/** Any tag but I-x may open a text. */
function open(next: Float64Array, { begins, transitions }: TagSet): void {
  const start = begins.length ** 2;
  for (let tag = 0; tag < begins.length; tag++) next[tag] = begins[tag]! < 0 ? transitions[start + tag]! : -Infinity;
}

/** Of each tag, the score of the best path that it may follow (`next`), and that path's last tag (`back`). */
function extend(
  best: Float64Array,
  next: Float64Array,
  back: Int32Array,
  { begins, transitions, spread }: TagSet,
): void {
  const size = begins.length;
  const bar = best[argmax(best)]! - spread;
  next.fill(-Infinity);
  for (let before = 0; before < size; before++) {
    if (best[before]! < bar) continue;
    for (let tag = 0; tag < size; tag++) {
      const score = best[before]! + transitions[before * size + tag]!;
      if (score <= next[tag]!) continue;
      next[tag] = score;
      back[tag] = before;
    }
  }
  // I-x looks at two tags, however far behind they are.
  for (let tag = 0; tag < size; tag++) {
    const begin = begins[tag]!;
    if (begin < 0) continue;
    const afterBegin = best[begin]! + transitions[begin * size + tag]!;
    const afterItself = best[tag]! + transitions[tag * size + tag]!;
    next[tag] = Math.max(afterBegin, afterItself);
    back[tag] = afterBegin >= afterItself ? begin : tag;
  }
}

/** Index of the largest value, the first of equals. */
function argmax(values: Float64Array): number {
  let index = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[index]!) index = i;
  }
  return index;
}
