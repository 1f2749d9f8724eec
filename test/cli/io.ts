import { Readable } from "node:stream";
import type { Io } from "../../src/cli/io.js";

export interface FakeIo extends Io {
  /** What was told so far. */
  readonly told: { stdout: string; stderr: string };
}

/** A command's surroundings that keep what they are told. stdin: what is piped in; absent: a terminal. */
export function fakeIo({
  env = {},
  stdin,
  stop = new AbortController().signal,
}: { env?: Io["env"]; stdin?: string; stop?: AbortSignal } = {}): FakeIo {
  const told = { stdout: "", stderr: "" };
  return {
    told,
    env,
    stdin: Object.assign(Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]), {
      isTTY: stdin === undefined,
    }),
    stop,
    stdout: { write: (text) => (told.stdout += text) },
    stderr: { write: (text) => (told.stderr += text) },
  };
}
