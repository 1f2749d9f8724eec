import type { Scores, WrittenAnswer } from "../engines/engine.js";
import { EngineError } from "../errors.js";
import { NonFiniteScoreError } from "../tasks/softmax.js";
import type { TaskName } from "../tasks/task.js";
import { prepareText } from "../text/prepare.js";
import type { TextAnswer } from "./answer.js";
import type { ReadyEntry } from "./choose.js";
import { findingsOf } from "./findings.js";
import type { ClassifyRequest } from "./request.js";
import { shapeText } from "./shape.js";
import type { FieldText } from "./texts.js";

/** What is asked, whoever answers. */
export interface Question {
  readonly texts: readonly FieldText[];
  readonly tasks: readonly TaskName[];
  readonly options: Pick<ClassifyRequest, "truncate" | "top_k" | "offsets" | "oos_threshold">;
}

/** An engine's answer to a question, and what it took. */
export interface Attempt {
  readonly entry: ReadyEntry;
  /** In the order of the texts. */
  readonly results: readonly TextAnswer[];
  readonly scores: readonly (Scores | WrittenAnswer)[];
  /** Milliseconds that preparing the texts and shaping the answers took. */
  readonly prepareMs: number;
  readonly decodeMs: number;
}

/** Asks one engine. @throws EngineError also for scores that are no numbers: they are the model's fault */
export async function attempt(
  entry: ReadyEntry,
  { texts, tasks, options }: Question,
  signal: AbortSignal,
): Promise<Attempt> {
  const { manifest } = entry.bundle;
  const startedAt = performance.now();
  const prepared = texts.map(({ text, field }) => ({
    text: prepareText(text, manifest.text),
    truncate: options.truncate,
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
      return shapeText(text.text, findings, own, manifest.tasks, options);
    });
    const decodeMs = performance.now() - scoredAt;
    return { entry, results, scores, prepareMs: preparedAt - startedAt, decodeMs };
  } catch (error) {
    throw error instanceof NonFiniteScoreError ? new EngineError(entry.engineName, error) : error;
  }
}
