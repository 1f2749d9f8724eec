import { EngineError, OnepassError, OverloadedError } from "../errors.js";
import type { Fallback } from "./answer.js";
import type { Attempt, Question } from "./attempt.js";
import { chooseFallback, isReady, notReady, type ReadyEntry } from "./choose.js";
import type { EnginePool, PoolEntry } from "./pool.js";
import type { FallbackPolicy } from "./request.js";

/** An answer and, when the fallback gave it, for whom and why. */
export interface Outcome {
  readonly attempt: Attempt;
  readonly fallback: Fallback | null;
}

export interface Attempts {
  /** Asks one engine. */
  readonly attempt: (entry: ReadyEntry, question: Question, signal: AbortSignal) => Promise<Attempt>;
  /** Told of a failure that no caller sees. */
  readonly onHiddenFailure: (error: EngineError, model: string) => void;
}

/** Asks the engine that a request names and, when that can't answer, the fallback: the dual path. */
export class DualPath {
  constructor(
    private readonly pool: EnginePool,
    private readonly attempts: Attempts,
  ) {}

  /** @throws OnepassError; when neither can answer, the error of the engine that was asked for */
  async answer(asked: PoolEntry, question: Question, policy: FallbackPolicy, signal: AbortSignal): Promise<Outcome> {
    if (policy === "only") return this.#fallbackAlone(asked, question, signal);
    if (policy === "auto" && mustWait(asked)) {
      // Where nobody else can answer, waiting is better than none: the engine comes back.
      const other = chooseFallback(this.pool, asked, question.tasks);
      if (other && isReady(other) && !mustWait(other)) {
        const first = notReady(`The model ${asked.model} is being started again.`);
        const attempt = await this.#askInstead(other, question, signal, first);
        return { attempt, fallback: { from: asked.model, reason: "not_ready" } };
      }
    }
    try {
      return { attempt: await this.#ask(asked, question, signal), fallback: null };
    } catch (error) {
      const reason = signal.aborted ? undefined : reasonOf(error);
      const fallback = policy === "auto" && reason ? chooseFallback(this.pool, asked, question.tasks) : undefined;
      if (!reason || !fallback) throw error;
      if (error instanceof EngineError) this.attempts.onHiddenFailure(error, asked.model);
      const attempt = await this.#askInstead(fallback, question, signal, error);
      return { attempt, fallback: { from: asked.model, reason } };
    }
  }

  async #fallbackAlone(asked: PoolEntry, question: Question, signal: AbortSignal): Promise<Outcome> {
    if (this.pool.fallback?.bundle === asked.bundle) {
      return { attempt: await this.#ask(asked, question, signal), fallback: null };
    }
    const fallback = chooseFallback(this.pool, asked, question.tasks);
    if (!fallback) {
      const message = `No fallback here answers these tasks with the labels of ${asked.model}.`;
      throw new OnepassError("no_fallback", 400, message, { field: "fallback" });
    }
    const attempt = await this.#ask(fallback, question, signal);
    return { attempt, fallback: { from: asked.model, reason: "requested" } };
  }

  /** first: why the engine that was asked for does not answer, which is what a caller can act on. */
  async #askInstead(fallback: PoolEntry, question: Question, signal: AbortSignal, first: unknown): Promise<Attempt> {
    try {
      return await this.#ask(fallback, question, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof EngineError) this.attempts.onHiddenFailure(error, fallback.model);
      throw first;
    }
  }

  async #ask(entry: PoolEntry, question: Question, signal: AbortSignal): Promise<Attempt> {
    if (isReady(entry)) return this.attempts.attempt(entry, question, signal);
    throw notReady(`The model ${entry.model} ${entry.state === "failed" ? "could not be loaded" : "is being loaded"}.`);
  }
}

/** Whether the engine is there, but would answer only after a while. */
function mustWait({ engine }: PoolEntry): boolean {
  return engine?.available === false;
}

/** Why another engine may be asked; undefined when it would fare no better, since the fault is the caller's or ours. */
function reasonOf(error: unknown): Fallback["reason"] | undefined {
  if (error instanceof OverloadedError) return "overloaded"; // also when only this request's deadline is too near
  if (!(error instanceof OnepassError)) return undefined;
  switch (error.code) {
    case "engine_failed":
    case "not_ready":
    case "breaker_open":
      return error.code;
    default:
      return undefined;
  }
}
