/**
 * Statuses that say "come back": full (429), not ready or draining (503). Never 504: the time of the request is over, and
 * asking again would only add to the load. Never another: the same request would fail again.
 */
const RETRIED: ReadonlySet<number> = new Set([429, 503]);

export function mayRetry(status: number): boolean {
  return RETRIED.has(status);
}

const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/**
 * Milliseconds before try `attempt` + 1 (0: the first has failed). What the server asks for, or twice as long each time; a
 * random part keeps clients that were refused together from coming back together.
 */
export function delayMs(attempt: number, retryAfter: string | null, random = Math.random()): number {
  const asked = retryAfterMs(retryAfter);
  if (asked !== undefined) return Math.min(asked, LONGEST_MS) + random * FIRST_MS;
  return Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS) * (0.5 + random / 2);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterMs(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Rejects with the signal's reason when it aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    signal.addEventListener("abort", aborted, { once: true });
  });
}
