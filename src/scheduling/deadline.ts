const deadlines = new WeakMap<AbortSignal, number>();

/** Notes when nobody waits any more for what `signal` belongs to, on the clock of `performance.now()`. */
export function setDeadline(signal: AbortSignal, at: number): void {
  deadlines.set(signal, at);
}

/**
 * What was noted, or Infinity. A deadline travels with its signal, as in a context of Go: everything between the edge and a
 * queue passes the signal on anyway.
 */
export function deadlineOf(signal: AbortSignal): number {
  return deadlines.get(signal) ?? Infinity;
}
