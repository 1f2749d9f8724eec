import { readFile } from "node:fs/promises";
import { LoadTestError } from "./errors.js";
import { ELEVEN_TOKENS, SENTENCES } from "./sentences.js";

export const SET_NAMES = ["mixed", "short", "long", "eleven"] as const;
export type SetName = (typeof SET_NAMES)[number];

/** Texts that blocks draw from. */
export interface TextSet {
  /** One of `SET_NAMES`, or the file's name. */
  readonly name: string;
  readonly texts: readonly string[];
}

/** In words: up to `short` is the shortest fifth of MASSIVE's utterances, from `long` on the longest. */
const BOUNDS = { short: 4, long: 10 };

const wordsOf = (text: string): number => text.split(" ").length;

export function ownSet(name: SetName): TextSet {
  const texts = {
    mixed: () => SENTENCES,
    short: () => SENTENCES.filter((text) => wordsOf(text) <= BOUNDS.short),
    long: () => SENTENCES.filter((text) => wordsOf(text) >= BOUNDS.long),
    eleven: () => ELEVEN_TOKENS,
  }[name]();
  return { name, texts };
}

/** One line: the text itself, or a JSON object with a `text`. */
function parseLine(line: string): string {
  if (!line.trimStart().startsWith("{")) return line;
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    throw new LoadTestError("is not valid JSON", { cause });
  }
  const { text } = row as { text?: unknown };
  if (typeof text !== "string" || text.trim() === "") throw new LoadTestError('has no "text" that says anything');
  return text;
}

/**
 * Texts of a file, one a line; empty lines are passed over.
 * @throws LoadTestError that names the file and, for a bad row, its line
 */
export async function readTexts(file: string): Promise<TextSet> {
  const content = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new LoadTestError(`--texts: ${file} can't be read: ${String(cause)}`, { cause });
  });
  const texts: string[] = [];
  for (const [i, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    try {
      texts.push(parseLine(line));
    } catch (error) {
      if (!(error instanceof LoadTestError)) throw error;
      throw new LoadTestError(`${file}:${i + 1}: ${error.message}`, { cause: error });
    }
  }
  if (texts.length === 0) throw new LoadTestError(`${file}: has no texts`);
  return { name: file, texts };
}
