/** npm passes on the Ctrl-C that the terminal has already sent us: a second one counts from then on. */
const SAME_MS = 1_000;

/** Aborted at the first Ctrl-C or SIGTERM, which asks for what there is so far; the next one ends the process. */
export function stopOnSignals(): AbortSignal {
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
