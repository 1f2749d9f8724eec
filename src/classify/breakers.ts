import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
} from "cockatiel";
import type { Engine } from "../engines/engine.js";
import { EngineError, OnepassError } from "../errors.js";
import type { BreakerState } from "../metrics/breakers.js";
import type { Metrics } from "../metrics/metrics.js";
import type { ReadyEntry } from "./choose.js";

export interface BreakerSettings {
  /** Failures in a row that open a breaker; 0: it never opens. */
  readonly breakerFailures: number;
  /** How long it stays open before a request may probe the engine. */
  readonly breakerResetMs: number;
  /** A run of at least this length that misses its request's deadline is a failure of the engine. */
  readonly breakerTimeoutMs: number;
}

const STATES: Partial<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: "closed",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Open]: "open",
};

/**
 * A circuit breaker for each engine: one that keeps failing is asked no more, so that requests don't wait for a failure
 * before the fallback answers them; from time to time one request probes it.
 *
 * Only failures and hangs of the engine count. What a caller did, an abort or a full queue says nothing of the engine, so it
 * neither opens a breaker nor closes one. An engine that was loaded anew begins with a closed one.
 */
export class Breakers {
  readonly #breakers = new WeakMap<Engine, CircuitBreakerPolicy>();

  constructor(
    private readonly settings: BreakerSettings,
    private readonly metrics: Metrics,
    private readonly onChange: (entry: ReadyEntry, state: BreakerState) => void,
  ) {}

  /** @throws OnepassError `breaker_open` without asking the engine; or what `work` rejects with */
  async run<T>(entry: ReadyEntry, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.settings.breakerFailures === 0) return work();
    const breaker = this.#breakers.get(entry.engine) ?? this.#create(entry);
    // The library lets others wait for the probe. The fallback is there: nobody has to.
    if (breaker.state === CircuitState.HalfOpen) throw this.#refuse(entry);
    try {
      return await breaker.execute(() => this.#watch(entry, signal, work));
    } catch (error) {
      throw isBrokenCircuitError(error) ? this.#refuse(entry) : error;
    }
  }

  #create(entry: ReadyEntry): CircuitBreakerPolicy {
    const { breakerFailures, breakerResetMs } = this.settings;
    // A probe that was aborted or refused has proven nothing: only an answer closes the breaker.
    const counts = (error: Error) => error instanceof EngineError || breaker.state === CircuitState.HalfOpen;
    const breaker: CircuitBreakerPolicy = circuitBreaker(handleWhen(counts), {
      breaker: new ConsecutiveBreaker(breakerFailures),
      halfOpenAfter: breakerResetMs,
    });
    const { model, engineName: engine } = entry;
    this.metrics.breakers.created({ model, engine });
    breaker.onStateChange((changed) => {
      const state = STATES[changed];
      if (!state) return;
      this.metrics.breakers.changed({ model, engine }, state);
      this.onChange(entry, state);
    });
    this.#breakers.set(entry.engine, breaker);
    return breaker;
  }

  /** As `work`; but one that its caller waits for no more ends here, or a hanging engine would never count as failed. */
  #watch<T>(entry: ReadyEntry, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const verdict = () => {
      const isTimeout = signal.reason instanceof OnepassError && signal.reason.code === "deadline_exceeded";
      const isLong = performance.now() - startedAt >= this.settings.breakerTimeoutMs;
      return isTimeout && isLong ? new EngineError(entry.engineName, signal.reason) : (signal.reason as Error);
    };
    return new Promise((resolve, reject) => {
      // Work that still waited in a queue rejects by itself in this turn of the event loop; what runs does not.
      const abandon = () =>
        setImmediate(() => {
          reject(verdict());
        });
      signal.addEventListener("abort", abandon, { once: true });
      void work()
        .then(resolve, reject)
        .finally(() => {
          signal.removeEventListener("abort", abandon);
        });
    });
  }

  #refuse({ model, engineName: engine }: ReadyEntry): OnepassError {
    this.metrics.breakers.refused({ model, engine });
    return new OnepassError(
      "breaker_open",
      503,
      `The engine ${engine} of ${model} failed ${this.settings.breakerFailures} times in a row and is left alone for a while. Retry later.`,
    );
  }
}
