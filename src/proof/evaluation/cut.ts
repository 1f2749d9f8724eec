import { EvaluationError } from "./errors.js";
import type { LabelledText } from "./labelled-text.js";

/** To the nearest whole number, halves to the even one: Python's `round`, so that training and evaluation cut alike. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function postNumber(row: LabelledText): number {
  const number = row.id.split("/").at(-1) ?? "";
  if (!/^\d+$/.test(number)) throw new EvaluationError(`row ${row.id}: the id has no post number after its last "/"`);
  return Number(number);
}

/**
 * The last tenth of each topic by post number: the posts that training on 20 Newsgroups leaves out. A random cut would
 * put posts of one thread on both sides.
 */
export function lastTenth(rows: readonly LabelledText[]): LabelledText[] {
  const topics = new Map<string, { number: number; row: LabelledText }[]>();
  for (const row of rows) {
    if (row.topic === undefined) throw new EvaluationError(`row ${row.id}: the cut needs rows with a topic`);
    const posts = topics.get(row.topic) ?? [];
    topics.set(row.topic, posts);
    posts.push({ number: postNumber(row), row });
  }
  return [...topics.values()].flatMap((posts) => {
    const sorted = posts.sort((a, b) => a.number - b.number).map((post) => post.row);
    return sorted.slice(sorted.length - roundHalfEven(sorted.length / 10));
  });
}

/** The body of a post: what follows the first empty line. Rows with slots stay: their offsets point into the whole. */
export function withoutHeaders(row: LabelledText): LabelledText {
  const end = row.text.indexOf("\n\n");
  return end < 0 || row.slots ? row : { ...row, text: row.text.slice(end + 2) };
}
