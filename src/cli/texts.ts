import { createReadStream } from "node:fs";
import { z } from "zod";
import { linesIn, linesOf } from "../proof/evaluation/read.js";
import { CommandError } from "../errors.js";
import type { Io } from "./io.js";

/** A text to be answered. line: of its file, or its place on the command line, from 1. */
export interface Asked {
  readonly line: number;
  readonly id?: string | number | undefined;
  readonly text: string;
}

export const STDIN = "-";

/** The texts of the command line; without any, lines of a file or of what is piped in. */
export async function* textsOf(texts: readonly string[], file: string | undefined, io: Io): AsyncGenerator<Asked> {
  if (texts.length > 0) {
    for (const [i, text] of texts.entries()) yield { line: i + 1, text };
    return;
  }
  const name = file ?? STDIN;
  let line = 0;
  try {
    for await (const raw of name === STDIN ? linesIn(io.stdin) : linesOf(name)) {
      line += 1;
      const content = raw.replace(/\r$/, "");
      if (content.trim() !== "") yield { line, ...parseLine(content, `${name}:${line}`) };
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${name} can't be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const Row = z.looseObject({ text: z.string(), id: z.union([z.string(), z.number()]).optional() });

/** A plain line is the text; one that opens with a brace is an object with `text`, and an `id` if it likes. */
function parseLine(content: string, place: string): Omit<Asked, "line"> {
  if (!content.startsWith("{")) return { text: content };
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw new CommandError(`${place}: is no JSON, though it begins with a brace`, { cause });
  }
  const { data } = Row.safeParse(json);
  if (!data) throw new CommandError(`${place}: has no "text", or an "id" that is neither text nor number`);
  return { text: data.text, ...(data.id !== undefined && { id: data.id }) };
}

/** How many lines a file has, for a bar of progress; undefined for what is piped in. */
export async function countLines(file: string): Promise<number | undefined> {
  if (file === STDIN || file.endsWith(".gz")) return undefined;
  let lines = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (const byte of chunk) lines += Number(byte === 10);
  }
  return lines;
}
