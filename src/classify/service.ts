import type { Scores, WrittenAnswer } from "../engines/engine.js";
import { EngineError } from "../errors.js";
import type { Answered } from "../metrics/engines.js";
import type { Metrics } from "../metrics/metrics.js";
import { NonFiniteScoreError } from "../tasks/softmax.js";
import type { TaskName } from "../tasks/task.js";
import { prepareText } from "../text/prepare.js";
import type { BatchAnswer, ClassifyAnswer, TextAnswer } from "./answer.js";
import { chooseEntry, chooseFallback, chooseTasks, isReady, notReady, type ReadyEntry } from "./choose.js";
import { withDeadline } from "./deadline.js";
import { findingsOf } from "./findings.js";
import type { EnginePool, PoolEntry } from "./pool.js";
import type { ClassifyRequest } from "./request.js";
import { shapeText } from "./shape.js";
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

interface Attempt {
  readonly entry: PoolEntry;
  readonly results: TextAnswer[];
  readonly scores: readonly (Scores | WrittenAnswer)[];
  /** Milliseconds that preparing the texts and shaping the answers took. */
  readonly prepareMs: number;
  readonly decodeMs: number;
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
    const tasks = chooseTasks(asked, request);
    const ms = Math.min(request.timeout_ms ?? Infinity, this.limits.timeoutMs);
    const attempt = await withDeadline(ms, context.signal, (signal) =>
      this.#answer(asked, texts, tasks, request, signal),
    );
    const answered = answeredBy(attempt);
    this.#measure(attempt.entry, answered, asked);
    const { entry, results } = attempt;
    const [first] = results;
    return {
      id: context.id,
      model: entry.model,
      engine: entry.engineName,
      fallback: entry.bundle !== asked.bundle,
      ...(request.texts === undefined && first ? first : { results }),
      usage: {
        prompt_tokens: answered.promptTokens,
        cached_tokens: answered.cachedTokens,
        generated_tokens: answered.generatedTokens,
        ...(answered.droppedSlots > 0 && { dropped_slots: answered.droppedSlots }),
      },
      timing_ms: {
        tokenize: roundMs(answered.tokenizeMs),
        queue: roundMs(answered.queueMs),
        inference: roundMs(answered.inferenceMs),
        decode: roundMs(answered.decodeMs),
        total: roundMs(performance.now() - context.startedAt),
      },
    };
  }

  async #answer(
    asked: PoolEntry,
    texts: readonly FieldText[],
    tasks: readonly TaskName[],
    request: ClassifyRequest,
    signal: AbortSignal,
  ): Promise<Attempt> {
    if (!isReady(asked)) {
      const fallback = request.fallback ? chooseFallback(this.pool, asked, tasks) : undefined;
      if (fallback) return this.#attempt(fallback, texts, tasks, request, signal);
      throw notReady(
        `The model ${asked.model} ${asked.state === "failed" ? "could not be loaded" : "is being loaded"}.`,
      );
    }
    try {
      return await this.#attempt(asked, texts, tasks, request, signal);
    } catch (error) {
      if (!(error instanceof EngineError) || signal.aborted) throw error;
      const fallback = request.fallback ? chooseFallback(this.pool, asked, tasks) : undefined;
      if (!fallback) throw error;
      this.onEngineFailure(error, asked.model);
      return this.#attempt(fallback, texts, tasks, request, signal);
    }
  }

  /** @throws EngineError also for scores that are no numbers: they are the model's fault */
  async #attempt(
    entry: ReadyEntry,
    texts: readonly FieldText[],
    tasks: readonly TaskName[],
    request: ClassifyRequest,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { manifest } = entry.bundle;
    const startedAt = performance.now();
    const prepared = texts.map(({ text, field }) => ({
      text: prepareText(text, manifest.text),
      truncate: request.truncate,
      field,
    }));
    const preparedAt = performance.now();
    const scores = await entry.engine.score(prepared, tasks, signal);
    const scoredAt = performance.now();
    try {
      const results = prepared.map(({ text }, i) => {
        const own = scores[i];
        if (!own) throw new EngineError(entry.engineName, new Error("fewer scores than texts"));
        const findings = findingsOf(text, own, manifest.tasks, entry.tags);
        return shapeText(text.text, findings, own, manifest.tasks, request);
      });
      const decodeMs = performance.now() - scoredAt;
      return { entry, results, scores, prepareMs: preparedAt - startedAt, decodeMs };
    } catch (error) {
      throw error instanceof NonFiniteScoreError ? new EngineError(entry.engineName, error) : error;
    }
  }

  #measure(entry: PoolEntry, answered: Answered, asked: PoolEntry): void {
    this.metrics.engines.answered({ model: entry.model, engine: entry.engineName }, answered);
    if (entry.bundle !== asked.bundle) this.metrics.fallback.fellBack(asked.model, entry.model);
  }
}

function answeredBy({ scores, prepareMs, decodeMs }: Attempt): Answered {
  const sum = (count: "promptTokens" | "cachedTokens" | "generatedTokens") =>
    scores.reduce((total, score) => total + score[count], 0);
  return {
    texts: scores.length,
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    generatedTokens: sum("generatedTokens"),
    droppedSlots: scores.reduce((total, score) => total + ("written" in score ? score.droppedSlots : 0), 0),
    tokenizeMs: prepareMs + Math.max(...scores.map((score) => score.tokenizeMs)),
    ...timeOf(scores),
    decodeMs,
  };
}

/** From the first start to the last end over the texts, which ran side by side. */
function timeOf(scores: Attempt["scores"]): Pick<Answered, "queueMs" | "inferenceMs"> {
  const queueMs = Math.min(...scores.map((score) => score.queueMs));
  const endMs = Math.max(...scores.map((score) => score.queueMs + score.inferenceMs));
  return { queueMs, inferenceMs: endMs - queueMs };
}

/** Microseconds are as fine as the clock is worth. */
function roundMs(ms: number): number {
  return Math.round(Math.max(0, ms) * 1000) / 1000;
}
