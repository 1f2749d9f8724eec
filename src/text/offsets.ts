/**
 * Translates UTF-16 offsets into `text` to offsets in code points, for callers whose strings count those (Python, Rust).
 * O(length) once, then O(1) an offset. Offsets are meant to lie between characters, as those of words do.
 */
export function codePointOffsets(text: string): (offset: number) => number {
  const points = new Uint32Array(text.length + 1); // [UTF-16 offset] -> code points before it
  let offset = 0;
  let count = 0;
  for (const character of text) {
    points.fill(count, offset, offset + character.length);
    offset += character.length;
    count += 1;
  }
  points[offset] = count;
  return (at) => points[at] ?? count;
}
