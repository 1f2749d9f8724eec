import { bundleId } from "../bundle/bundle.js";
import type { Engine } from "../engines/engine.js";
import type { Metrics } from "../metrics/metrics.js";
import { AnswerCache, CachedEngine } from "./cache.js";
import { ScheduledEngine } from "./scheduled.js";

export interface SchedulingSettings {
  /** Of each engine. */
  readonly queueRequests: number;
  readonly queueTokens: number;
  /** 0: no cache. */
  readonly cacheBytes: number;
}

/** An engine that was not asked for so long is not in use. */
const LATELY_MS = 1_000;
/** One in so many is let through when all seems lost: it may ask an engine that nobody has asked lately. */
const LET_THROUGH = 32;

/** Puts a queue, and the cache if there is one, before every engine, and knows whether a request has any hope of a place. */
export class Scheduling {
  readonly #engines = new Set<ScheduledEngine>();
  readonly #cache: AnswerCache | undefined;
  #turnedAway = 0;

  constructor(
    private readonly settings: SchedulingSettings,
    private readonly metrics: Metrics,
  ) {
    if (settings.cacheBytes > 0) {
      const cache = new AnswerCache(settings.cacheBytes, metrics.cache);
      metrics.cache.watch(() => cache.bytes);
      this.#cache = cache;
    }
  }

  /** The engine behind a queue of its own. Disposing of what is returned disposes of the engine. */
  over(engine: Engine): Engine {
    const labels = { model: bundleId(engine.bundle), engine: engine.name };
    const limits = { maxRequests: this.settings.queueRequests, maxTokens: this.settings.queueTokens };
    const scheduled: ScheduledEngine = new ScheduledEngine(engine, limits, {
      onRefusal: (reason) => {
        this.metrics.queue.refused(labels, reason);
      },
      onClosed: () => {
        this.#engines.delete(scheduled);
        watching[Symbol.dispose]();
      },
    });
    const watching = this.metrics.queue.watch(labels, scheduled.queue);
    this.#engines.add(scheduled);
    return this.#cache ? new CachedEngine(scheduled, this.#cache) : scheduled;
  }

  /**
   * Whether it is worth reading a request at all: not when no engine that has lately been asked has a place left. Nobody knows
   * yet which engine the request will ask for. With a cache the answer may be known, so that all are read.
   * @returns milliseconds after which to come back, or undefined for a request that may come in
   */
  turnsAway(now: number): number | undefined {
    if (this.#cache) return undefined;
    let retryAfterMs = Infinity;
    for (const { askedAt, queue } of this.#engines) {
      if (now - askedAt > LATELY_MS) continue;
      if (!queue.full) return undefined;
      retryAfterMs = Math.min(retryAfterMs, queue.drainMs);
    }
    if (retryAfterMs === Infinity || ++this.#turnedAway % LET_THROUGH === 0) return undefined;
    return retryAfterMs;
  }
}
