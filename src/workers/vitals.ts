/** When a worker is no longer well. 0 switches a limit off. */
export interface HealthLimits {
  /** Longest time without a heartbeat: the whole process stands still. */
  readonly silentMs: number;
  /** Longest time that work may be under way without anything being finished: native code hangs. */
  readonly hangMs: number;
  readonly memoryBytes: number;
  /** Longest time until the first heartbeat; half a minute by default. */
  readonly firstBeatMs?: number;
}

/** Why a worker is to be replaced: at once, or when another is warm. */
export type Illness = "silent" | "hung" | "memory" | "failing";

/** A process needs a while before its first heartbeat; how long, says the machine and not the worker. */
export const FIRST_BEAT_MS = 30_000;
/** Failures of the engine in a row, whatever the text, after which its process is at fault. */
const MOST_FAILURES = 5;

/** Signs of life of one worker. Times are of one monotonic clock, which the caller reads. */
export class Vitals {
  #heardAt: number;
  #progressAt: number;
  /** From the start to the first heartbeat, when there was one. */
  firstBeatAfterMs: number | undefined;
  readonly #startedAt: number;
  #failures = 0;
  /** Orders under way, by id: when they were abandoned, or undefined while somebody waits for them. */
  readonly #orders = new Map<number, number | undefined>();
  rssBytes = 0;

  constructor(now: number) {
    this.#startedAt = now;
    this.#heardAt = now;
    this.#progressAt = now;
  }

  /** A heartbeat, with the resident memory of the process. */
  beat(now: number, rssBytes: number): void {
    this.firstBeatAfterMs ??= now - this.#startedAt;
    this.#heardAt = now;
    this.rssBytes = rssBytes;
  }

  began(now: number, order: number): void {
    if (this.#orders.size === 0) this.#progressAt = now;
    this.#orders.set(order, undefined);
  }

  abandoned(now: number, order: number): void {
    if (this.#orders.has(order)) this.#orders.set(order, now);
  }

  /** failed: the engine's own fault, not the text's. */
  finished(now: number, order: number, { failed }: { readonly failed: boolean }): void {
    this.#progressAt = now;
    this.#orders.delete(order);
    this.#failures = failed ? this.#failures + 1 : 0;
  }

  /** The watcher itself stood still for `ms`, and what the worker said meanwhile has not been read yet. */
  excuse(ms: number): void {
    this.#heardAt += ms;
    this.#progressAt += ms;
  }

  illness(
    now: number,
    { silentMs, hangMs, memoryBytes, firstBeatMs = FIRST_BEAT_MS }: HealthLimits,
  ): Illness | undefined {
    const patience = this.firstBeatAfterMs === undefined ? Math.max(silentMs, firstBeatMs) : silentMs;
    if (silentMs > 0 && now - this.#heardAt > patience) return "silent";
    if (hangMs > 0 && this.#hangs(now, hangMs)) return "hung";
    if (memoryBytes > 0 && this.rssBytes > memoryBytes) return "memory";
    return this.#failures >= MOST_FAILURES ? "failing" : undefined;
  }

  /** Nothing at all is finished, or one order goes on that was to end long ago while others pass it. */
  #hangs(now: number, hangMs: number): boolean {
    if (this.#orders.size > 0 && now - this.#progressAt > hangMs) return true;
    return [...this.#orders.values()].some((abandonedAt) => abandonedAt !== undefined && now - abandonedAt > hangMs);
  }
}
