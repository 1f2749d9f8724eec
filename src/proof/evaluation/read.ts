import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { pipeline as finished } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { EvaluationError } from "./errors.js";
import { parseRow, type LabelledText } from "./labelled-text.js";

/** Lines of a file, packed or not. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  // The iteration throws what the pipeline's callback would get.
  const stream = file.endsWith(".gz") ? pipeline(source, createGunzip(), () => undefined) : source;
  yield* linesIn(stream);
}

/** Lines of a stream of bytes in UTF-8, each as soon as it is there. */
export async function* linesIn(stream: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

/**
 * Rows of a .jsonl or .jsonl.gz file, one a line; empty lines are passed over.
 * @throws EvaluationError that names the file and, for a bad row, its line.
 */
export async function* readRows(file: string): AsyncGenerator<LabelledText> {
  let number = 0;
  try {
    for await (const line of linesOf(file)) {
      number += 1;
      if (line.trim() !== "") yield parseRow(line);
    }
  } catch (error) {
    if (error instanceof EvaluationError)
      throw new EvaluationError(`${file}:${number}: ${error.message}`, { cause: error });
    throw unreadable(file, error);
  }
}

/** SHA-256 of a file as it lies there, in hex. @throws EvaluationError */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await finished(createReadStream(file), hash).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  return hash.digest("hex");
}

function unreadable(file: string, cause: unknown): EvaluationError {
  return new EvaluationError(`${file}: can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
