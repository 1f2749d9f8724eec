import type { EngineError } from "../errors.js";
import type { BreakerState } from "../metrics/breakers.js";
import type { Answered } from "../metrics/engines.js";
import type { Metrics } from "../metrics/metrics.js";
import type { Trace } from "../tracing/trace.js";
import type { BatchAnswer, ClassifyAnswer, TextAnswer } from "./answer.js";
import { attempt, type Question } from "./attempt.js";
import { Breakers, type BreakerSettings } from "./breakers.js";
import { chooseEntry, chooseTasks } from "./choose.js";
import { withDeadline } from "./deadline.js";
import { effortOf, shapeEffort } from "./effort.js";
import { DualPath, type Outcome } from "./fallback.js";
import type { EnginePool, PoolEntry } from "./pool.js";
import type { ClassifyRequest, FallbackPolicy } from "./request.js";
import { SlotResolver } from "./resolve.js";
import { textsOf, type FieldText, type TextLimits } from "./texts.js";

export interface ServiceSettings extends TextLimits, BreakerSettings {
  /** Longest time for an answer; a request's `timeout_ms` can shorten it. */
  readonly timeoutMs: number;
  /** Of requests that name no policy. */
  readonly fallback: FallbackPolicy;
}

/** What the edge knows of a request besides its body. */
export interface RequestContext {
  readonly id: string;
  /** When the request arrived, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Aborted, with the error to reject with, when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Undefined when nobody traces it. */
  readonly trace?: Trace | undefined;
}

/** An answer that was given, for those who look on. */
export interface GivenAnswer extends Outcome {
  readonly id: string;
  readonly question: Question;
  readonly effort: Answered;
}

/** Told of what happens to requests. None may throw, wait or take long: the answer waits for them. */
export interface ServiceObserver {
  readonly onAnswer?: (answer: GivenAnswer) => void;
  /** A failure that no caller sees, since the fallback answers. */
  readonly onHiddenFailure?: (error: EngineError, model: string) => void;
  readonly onBreaker?: (entry: PoolEntry, state: BreakerState) => void;
}

/** Answers classify requests: chooses the engine, times it, falls back, shapes the answer. */
export class ClassifyService {
  readonly #path: DualPath;
  readonly #slotResolver = new SlotResolver();

  constructor(
    readonly pool: EnginePool,
    private readonly metrics: Metrics,
    private readonly settings: ServiceSettings,
    private readonly observer: ServiceObserver = {},
  ) {
    const breakers = new Breakers(settings, metrics, (entry, state) => observer.onBreaker?.(entry, state));
    this.#path = new DualPath(pool, {
      attempt: (entry, question, signal) => breakers.run(entry, signal, () => attempt(entry, question, signal)),
      onHiddenFailure: (error, model) => observer.onHiddenFailure?.(error, model),
    });
  }

  /** The texts of a request, each of which a model can be asked. @throws OnepassError that names the field at fault */
  checkTexts(request: Pick<ClassifyRequest, "text" | "texts">): FieldText[] {
    return textsOf(request, this.settings);
  }

  /** @throws OnepassError for everything that a caller can cause or meet */
  async classify(request: ClassifyRequest, context: RequestContext): Promise<ClassifyAnswer | BatchAnswer> {
    const texts = this.checkTexts(request);
    const asked = chooseEntry(this.pool, request);
    const question = { texts, tasks: chooseTasks(asked, request), options: request };
    const ms = Math.min(request.timeout_ms ?? Infinity, this.settings.timeoutMs);
    const policy = request.fallback ?? this.settings.fallback;
    const outcome = await withDeadline(ms, context.signal, (signal) =>
      this.#path.answer(asked, question, policy, signal),
    );
    const effort = effortOf(outcome.attempt);
    this.#measure(outcome, effort, context.trace);
    this.observer.onAnswer?.({ id: context.id, question, effort, ...outcome });
    const { entry } = outcome.attempt;
    const results = request.resolve ? await this.#resolved(outcome, request, ms, context) : outcome.attempt.results;
    const [first] = results;
    return {
      id: context.id,
      model: entry.model,
      engine: entry.engineName,
      fallback: outcome.fallback,
      ...(request.texts === undefined && first ? first : { results: [...results] }),
      ...shapeEffort(effort, performance.now() - context.startedAt),
    };
  }

  /** In what is left of the request's time. */
  #resolved(
    { attempt: { entry, results } }: Outcome,
    request: ClassifyRequest,
    ms: number,
    { startedAt, signal }: RequestContext,
  ): Promise<readonly TextAnswer[]> {
    const leftMs = Math.max(1, ms - (performance.now() - startedAt));
    return withDeadline(leftMs, signal, () => this.#slotResolver.resolve(results, entry.bundle.manifest, request));
  }

  #measure({ attempt: { entry, results }, fallback }: Outcome, effort: Answered, trace: Trace | undefined): void {
    const { model, engineName: engine } = entry;
    this.metrics.engines.answered({ model, engine }, effort);
    this.metrics.predictions.answered(model, results);
    if (fallback) this.metrics.fallback.fellBack(fallback.from, model, fallback.reason);
    trace?.answered({ model, engine, fallback: fallback ? fallback.reason : "none", ...effort });
  }
}
