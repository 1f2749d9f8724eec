import { EngineError } from "../errors.js";
import type { Metrics } from "../metrics/metrics.js";
import type { BatchAnswer, ClassifyAnswer } from "./answer.js";
import { attempt, type Attempt, type Question } from "./attempt.js";
import { chooseEntry, chooseFallback, chooseTasks, isReady, notReady } from "./choose.js";
import { withDeadline } from "./deadline.js";
import { effortOf, shapeEffort } from "./effort.js";
import type { EnginePool, PoolEntry } from "./pool.js";
import type { ClassifyRequest } from "./request.js";
import { textsOf, type FieldText, type TextLimits } from "./texts.js";

export interface ServiceLimits extends TextLimits {
  /** Longest time for an answer; a request's `timeout_ms` can shorten it. */
  readonly timeoutMs: number;
}

/** What the edge knows of a request besides its body. */
export interface RequestContext {
  readonly id: string;
  /** When the request arrived, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Aborted, with the error to reject with, when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Answers classify requests: chooses the engine, times it, falls back, shapes the answer. */
export class ClassifyService {
  constructor(
    readonly pool: EnginePool,
    private readonly metrics: Metrics,
    private readonly limits: ServiceLimits,
    /** Told of a failure that the fallback made good, which no caller sees. */
    private readonly onEngineFailure: (error: EngineError, model: string) => void,
  ) {}

  /** The texts of a request, each of which a model can be asked. @throws OnepassError that names the field at fault */
  checkTexts(request: Pick<ClassifyRequest, "text" | "texts">): FieldText[] {
    return textsOf(request, this.limits);
  }

  /** @throws OnepassError for everything that a caller can cause or meet */
  async classify(request: ClassifyRequest, context: RequestContext): Promise<ClassifyAnswer | BatchAnswer> {
    const texts = this.checkTexts(request);
    const asked = chooseEntry(this.pool, request);
    const question = { texts, tasks: chooseTasks(asked, request), options: request };
    const ms = Math.min(request.timeout_ms ?? Infinity, this.limits.timeoutMs);
    const answer = await withDeadline(ms, context.signal, (signal) =>
      this.#answer(asked, question, request.fallback, signal),
    );
    const effort = effortOf(answer);
    this.#measure(answer, effort, asked);
    const { entry, results } = answer;
    const [first] = results;
    return {
      id: context.id,
      model: entry.model,
      engine: entry.engineName,
      fallback: entry.bundle !== asked.bundle,
      ...(request.texts === undefined && first ? first : { results: [...results] }),
      ...shapeEffort(effort, performance.now() - context.startedAt),
    };
  }

  async #answer(asked: PoolEntry, question: Question, mayFallBack: boolean, signal: AbortSignal): Promise<Attempt> {
    if (!isReady(asked)) {
      const fallback = mayFallBack ? chooseFallback(this.pool, asked, question.tasks) : undefined;
      if (fallback) return attempt(fallback, question, signal);
      throw notReady(
        `The model ${asked.model} ${asked.state === "failed" ? "could not be loaded" : "is being loaded"}.`,
      );
    }
    try {
      return await attempt(asked, question, signal);
    } catch (error) {
      if (!(error instanceof EngineError) || signal.aborted) throw error;
      const fallback = mayFallBack ? chooseFallback(this.pool, asked, question.tasks) : undefined;
      if (!fallback) throw error;
      this.onEngineFailure(error, asked.model);
      return attempt(fallback, question, signal);
    }
  }

  #measure({ entry }: Attempt, effort: ReturnType<typeof effortOf>, asked: PoolEntry): void {
    this.metrics.engines.answered({ model: entry.model, engine: entry.engineName }, effort);
    if (entry.bundle !== asked.bundle) this.metrics.fallback.fellBack(asked.model, entry.model);
  }
}
