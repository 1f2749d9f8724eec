import type { Readable } from "node:stream";
import type { Screen } from "../screen.js";

/** What a command meets outside itself. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Aborted when what there is so far is wanted: at the first Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal;
}

/** npm passes on the Ctrl-C that the terminal has already sent us: a second one counts from then on. */
const SAME_MS = 1_000;

/** Of this process. Signals keep their usual meaning until a command looks at `stop`. */
export function processIo(): Io {
  const { env, stdin, stdout, stderr } = process;
  let stop: AbortSignal | undefined;
  return {
    ...{ env, stdin, stdout, stderr },
    get stop() {
      return (stop ??= stopOnSignals());
    },
  };
}

/** Aborted at the first Ctrl-C or SIGTERM; the next one ends the process. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) return;
      stop.abort();
      setTimeout(() => process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM"), SAME_MS).unref();
    });
  }
  return stop.signal;
}
