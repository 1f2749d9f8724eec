import type { Answered } from "../metrics/engines.js";
import type { Envelope } from "./answer.js";
import type { Attempt } from "./attempt.js";

/** What an answer took, over all of its texts. */
export function effortOf({ scores, prepareMs, decodeMs }: Attempt): Answered {
  const sum = (count: "promptTokens" | "cachedTokens" | "generatedTokens") =>
    scores.reduce((total, score) => total + score[count], 0);
  return {
    texts: scores.length,
    cachedTexts: scores.filter(({ cached }) => cached).length,
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    generatedTokens: sum("generatedTokens"),
    droppedSlots: scores.reduce((total, score) => total + ("written" in score ? score.droppedSlots : 0), 0),
    tokenizeMs: prepareMs + Math.max(...scores.map((score) => score.tokenizeMs)),
    ...timeOf(scores),
    decodeMs,
  };
}

/** The effort as the answer tells it. totalMs: from the request's arrival to now. */
export function shapeEffort(effort: Answered, totalMs: number): Pick<Envelope, "usage" | "timing_ms"> {
  return {
    usage: {
      prompt_tokens: effort.promptTokens,
      cached_tokens: effort.cachedTokens,
      generated_tokens: effort.generatedTokens,
      ...(effort.cachedTexts > 0 && { cached_texts: effort.cachedTexts }),
      ...(effort.droppedSlots > 0 && { dropped_slots: effort.droppedSlots }),
    },
    timing_ms: {
      tokenize: roundMs(effort.tokenizeMs),
      queue: roundMs(effort.queueMs),
      inference: roundMs(effort.inferenceMs),
      decode: roundMs(effort.decodeMs),
      total: roundMs(totalMs),
    },
  };
}

/** From the first start to the last end over the texts that were run, side by side. Nothing when the cache had them all. */
function timeOf(scores: Attempt["scores"]): Pick<Answered, "queueMs" | "inferenceMs"> {
  const run = scores.filter(({ cached }) => !cached);
  if (run.length === 0) return { queueMs: 0, inferenceMs: 0 };
  const queueMs = Math.min(...run.map((score) => score.queueMs));
  const endMs = Math.max(...run.map((score) => score.queueMs + score.inferenceMs));
  return { queueMs, inferenceMs: endMs - queueMs };
}

/** Microseconds are as fine as the clock is worth. */
function roundMs(ms: number): number {
  return Math.round(Math.max(0, ms) * 1000) / 1000;
}
