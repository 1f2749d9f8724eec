import { z } from "zod";
import type { TaskName } from "../../tasks/task.js";
import type { Target } from "./targets.js";

/** One answer, as the client saw it and as the server timed it; milliseconds and tokens. */
export interface Sample {
  /** From sending (open loop: from when it was to be sent) to the last byte of the answer. */
  readonly http: number;
  readonly tokenize: number;
  readonly queue: number;
  readonly inference: number;
  readonly decode: number;
  readonly total: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
}

/** Not the server's own schema: an older server without the finer times is measured, too. */
const Answer = z.object({
  model: z.string(),
  engine: z.string(),
  fallback: z.unknown(), // null or false when the model asked for has answered
  usage: z.object({ prompt_tokens: z.number(), cached_tokens: z.number(), generated_tokens: z.number() }),
  timing_ms: z.object({
    tokenize: z.number().default(0),
    queue: z.number(),
    inference: z.number(),
    decode: z.number().default(0),
    total: z.number(),
  }),
});
const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** A request that did not get the answer that it asked for. */
export interface Fault {
  /** The server's code of the error, or `timeout`, `network`, `wrong_answer`. */
  readonly code: string;
  readonly message: string;
}

export const OK = 200;

/**
 * The body of a request, made once. No fallback: another engine's time must not count for this one. Said in the way that older
 * servers know, too.
 */
export function requestBody(text: string, tasks: readonly TaskName[], { engine, model }: Target): string {
  return JSON.stringify({ text, tasks, engine, model, fallback: false });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** http: milliseconds that it took. An answer of another engine or model than the target's is a fault. */
export function readAnswer(status: number, body: string, http: number, { engine, model }: Target): Sample | Fault {
  const json = parse(body);
  if (status !== OK) {
    const { data } = Refusal.safeParse(json);
    return data?.error ?? { code: `http_${status}`, message: `HTTP ${status}` };
  }
  const { data } = Answer.safeParse(json);
  if (!data) return { code: "wrong_answer", message: "the answer is none of POST /classify" };
  if (data.engine !== engine || data.model !== model || data.fallback) {
    return { code: "wrong_answer", message: `${data.engine} on ${data.model} answered` };
  }
  const { timing_ms, usage } = data;
  return {
    http,
    ...timing_ms,
    promptTokens: usage.prompt_tokens,
    cachedTokens: usage.cached_tokens,
    generatedTokens: usage.generated_tokens,
  };
}

export const isFault = (outcome: Sample | Fault): outcome is Fault => "code" in outcome;

/** What is neither the model's forward nor waiting for it. */
export const serverShare = ({ total, queue, inference }: Sample): number => total - queue - inference;
