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
import { orAborted } from "./deadline.js";

export interface BreakerSettings {
  /** Failures in a row that open a breaker; 0: it never opens. */
  readonly breakerFailures: number;
  /** How long it stays open before a request may probe the engine. */
  readonly breakerResetMs: number;
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
 * Only failures of the engine count. What a caller did, an abort or a full queue says nothing of the engine, so it
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
    // A probe whose caller has left must end: while it hangs there is no other.
    const isProbe = breaker.state === CircuitState.Open;
    try {
      return await breaker.execute(isProbe ? () => orAborted(work(), signal) : work);
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

  #refuse({ model, engineName: engine }: ReadyEntry): OnepassError {
    this.metrics.breakers.refused({ model, engine });
    return new OnepassError(
      "breaker_open",
      503,
      `The engine ${engine} of ${model} failed ${this.settings.breakerFailures} times in a row and is left alone for a while. Retry later.`,
      { retryAfterMs: this.settings.breakerResetMs },
    );
  }
}
