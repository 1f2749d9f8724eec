import { prepareText, spelledWords } from "../text/prepare.js";

/** The same for texts that differ in case, width, white space or punctuation at the edge of words only: a model reads them alike. */
export function sameText(text: string): string {
  const words = spelledWords(prepareText(text, { nfkc: true, lowercase: true })).join(" ");
  return words === "" ? text.trim() : words;
}
