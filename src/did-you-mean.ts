import { distance } from "fastest-levenshtein";

/** Slips of the hand that are put right: more, and another word was meant. */
const MOST_SLIPS = 2;

/** ` Did you mean "top_k"?` where a known word is near, as an end for a message; else nothing. Case is no difference. */
export function didYouMean(word: string, known: readonly string[]): string {
  const slips = (one: string) => distance(one.toLowerCase(), word.toLowerCase());
  const [nearest] = [...known].sort((a, b) => slips(a) - slips(b));
  if (nearest === undefined || slips(nearest) > Math.min(MOST_SLIPS, word.length / 3)) return "";
  return ` Did you mean "${nearest}"?`;
}
