import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { BatchAnswer, ClassifyAnswer, CompareAnswer } from "../classify/answer.js";
import { CommandError, OnepassError, type ErrorCode } from "../errors.js";
import type { Answerer, Models, Request } from "./answerer.js";

/** Nobody answers at an address, or somebody else. */
export class UnreachableError extends CommandError {
  override readonly exitCode = 1;
}

/** Of a server of whatever version: a code or a field that we don't know is no fault. */
const Fault = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
    details: z.unknown().optional(),
  }),
});

const RETRIES = 5;
const RETRY_MS = 500;
const MOST_RETRY_MS = 30_000;
/** Full, or not ready yet: the server asks to come back. Never after a 504: the work may still run. */
const COME_BACK = new Set([429, 503]);

/** A server that runs. */
export class Remote implements Answerer {
  constructor(
    private readonly url: string,
    private readonly key: string | undefined,
    private readonly stop: AbortSignal,
  ) {}

  async classify(request: Request): Promise<ClassifyAnswer | BatchAnswer> {
    return (await this.#ask("/classify", request)) as ClassifyAnswer | BatchAnswer;
  }

  async compare(request: Request): Promise<CompareAnswer> {
    return (await this.#ask("/compare", request)) as CompareAnswer;
  }

  async models(): Promise<Models> {
    const answer = (await this.#ask("/models")) as Models;
    if (!Array.isArray(answer.models)) throw this.#stranger();
    return answer;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #ask(path: string, body?: Request): Promise<unknown> {
    for (let retry = 0; ; retry++) {
      const response = await this.#fetch(path, body);
      const json: unknown = await response.json().catch(() => undefined);
      if (response.ok && typeof json === "object" && json !== null) return json;
      if (!COME_BACK.has(response.status) || retry === RETRIES) throw this.#errorOf(response, json);
      const asked = 1000 * Number(response.headers.get("retry-after") ?? NaN);
      const ms = Number.isFinite(asked) ? Math.min(asked, MOST_RETRY_MS) : RETRY_MS * 2 ** retry;
      await sleep(ms, undefined, { signal: this.stop });
    }
  }

  async #fetch(path: string, body?: Request): Promise<Response> {
    const headers = {
      ...(body && { "content-type": "application/json" }),
      ...(this.key !== undefined && this.key !== "" && { authorization: `Bearer ${this.key}` }),
    };
    try {
      return await fetch(this.url + path, {
        headers,
        signal: this.stop,
        ...(body && { method: "POST", body: JSON.stringify(body) }),
      });
    } catch (cause) {
      this.stop.throwIfAborted();
      const why = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
      throw new UnreachableError(`no server answers at ${this.url}${why}`, { cause });
    }
  }

  #errorOf({ status }: Response, json: unknown): Error {
    const { data } = Fault.safeParse(json);
    if (!data) return this.#stranger(status);
    const { code, message, field, details } = data.error;
    return new OnepassError(code as ErrorCode, status, message, { ...(field !== undefined && { field }), details });
  }

  #stranger(status?: number): UnreachableError {
    const answered = status === undefined ? "" : ` (it answers ${status})`;
    return new UnreachableError(`what answers at ${this.url} is no onepass server${answered}`);
  }
}
