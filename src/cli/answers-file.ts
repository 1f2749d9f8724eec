import { createWriteStream, existsSync, type WriteStream } from "node:fs";
import { open, truncate } from "node:fs/promises";
import { once } from "node:events";
import { CommandError } from "../errors.js";

/** Where a file of answers stopped: the line of the input that its last whole line answers, and that text. */
export interface Reached {
  readonly line: number;
  readonly text: string | undefined;
}

const NEWLINE = 10;
const BLOCK_BYTES = 65_536;

/**
 * Opens a file for answers, a line each. resume: goes on where it stopped, without a torn last line.
 * @throws CommandError for a file that is there and must not be lost, or that holds something else
 */
export async function openAnswers(file: string, resume: boolean): Promise<{ writer: AnswersFile; reached: Reached }> {
  let reached: Reached = { line: 0, text: undefined };
  if (existsSync(file)) {
    if (!resume) throw new CommandError(`--out: ${file} is there already; --resume goes on with it`);
    const { last, bytes } = await lastLine(file);
    await truncate(file, bytes);
    if (last !== "") reached = parse(last, file);
  }
  const stream = createWriteStream(file, { flags: "a" });
  await once(stream, "open").catch((cause: unknown) => {
    throw new CommandError(`--out: ${file} can't be written: ${String(cause)}`, { cause });
  });
  return { writer: new AnswersFile(stream, file), reached };
}

export class AnswersFile implements AsyncDisposable {
  #failure: Error | undefined;

  constructor(
    private readonly stream: WriteStream,
    private readonly file: string,
  ) {
    stream.on("error", (error) => (this.#failure = error));
  }

  /** Waits when the disk is slow. @throws CommandError when it is full */
  async write(line: string): Promise<void> {
    if (!this.stream.write(line))
      await once(this.stream, "drain").catch((error: unknown) => (this.#failure = error as Error));
    this.#check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.stream.end(resolve));
    this.#check();
  }

  #check(): void {
    if (this.#failure) throw new CommandError(`--out: ${this.file} can't be written: ${this.#failure.message}`);
  }
}

function parse(line: string, file: string): Reached {
  try {
    const { line: number, text } = JSON.parse(line) as { line?: unknown; text?: unknown };
    if (typeof number === "number") return { line: number, text: typeof text === "string" ? text : undefined };
  } catch {
    // told below
  }
  throw new CommandError(`--resume: ${file} holds no answers of onepass classify`);
}

/** The last line that ends in a newline, and the length of the file up to there; read from the end. */
async function lastLine(file: string): Promise<{ last: string; bytes: number }> {
  await using handle = await open(file, "r");
  let start = (await handle.stat()).size;
  let tail = Buffer.alloc(0);
  for (;;) {
    const end = tail.lastIndexOf(NEWLINE);
    const before = end <= 0 ? -1 : tail.lastIndexOf(NEWLINE, end - 1);
    if (before >= 0 || start === 0) {
      return { last: tail.subarray(before + 1, Math.max(0, end)).toString("utf8"), bytes: start + end + 1 };
    }
    const length = Math.min(BLOCK_BYTES, start);
    start -= length;
    const block = Buffer.alloc(length);
    await handle.read(block, 0, length, start);
    tail = Buffer.concat([block, tail]);
  }
}
