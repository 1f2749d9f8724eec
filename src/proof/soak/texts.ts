import { choose, seeded } from "../../statistics/random.js";
import { SENTENCES } from "../loadtest/sentences.js";

const WORDS = [...new Set(SENTENCES.flatMap((sentence) => sentence.split(" ")))];
const SHORTEST = 2;
const USUAL = 18; // words more, at most; short ones are likelier
const LONG_EVERY = 100;
const LONG = 300;

/**
 * Text number `index` of a soak: no two are alike, so that no cache and no bounded table can hide growth. Mostly as long as
 * what people say; every hundredth is a long one, as for the topic.
 */
export function soakText(index: number, seed: number): string {
  const random = seeded(seed + index);
  const words = index % LONG_EVERY === LONG_EVERY - 1 ? LONG : SHORTEST + Math.floor(USUAL * random() ** 2);
  return `${Array.from({ length: words }, () => choose(WORDS, random)).join(" ")} ${index}`;
}
