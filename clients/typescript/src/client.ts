import { inBatches, inOrder } from "./batches.js";
import { ConnectionError, errorOf, TimeoutError } from "./errors.js";
import { delayMs, mayRetry, sleep } from "./retry.js";
import type {
  BatchAnswer,
  ClassifyAnswer,
  ClassifyRequest,
  CompareAnswer,
  CompareRequest,
  Models,
  Readiness,
  TextAnswer,
} from "./schema.js";

export interface ClientOptions {
  /** Where the server listens, with a path before its own where a proxy adds one. */
  readonly url?: string;
  /** API key, sent as `Authorization: Bearer`. */
  readonly key?: string;
  /** Longest time for an answer, all tries together; 30 seconds by default. */
  readonly timeoutMs?: number;
  /** How often a request is sent again after 429, 503 or a broken connection; 2 by default. */
  readonly retries?: number;
  /** Instead of the global one. */
  readonly fetch?: typeof fetch;
}

/** What a request may carry besides its text. */
export type ClassifyOptions = Omit<ClassifyRequest, "text" | "texts">;
export type CompareOptions = Omit<CompareRequest, "text">;

export interface CallOptions {
  /** Ends the wait; the call rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface ManyOptions extends CallOptions {
  /** Texts a request, at most what the server takes (32 by default). */
  readonly batchSize?: number;
  /** Requests at a time. */
  readonly concurrency?: number;
}

/** Asks a onepass server. Classifying has no side effects, so a request whose connection broke is sent again. */
export class OnepassClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #fetch: typeof fetch;

  constructor({ url = "http://127.0.0.1:8080", key, timeoutMs = 30_000, retries = 2, fetch: own }: ClientOptions = {}) {
    this.#url = url.replace(/\/+$/, "");
    this.#headers = {
      "content-type": "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    };
    this.#timeoutMs = timeoutMs;
    this.#retries = retries;
    this.#fetch = own ?? ((...args) => fetch(...args));
  }

  /** Intent, slots and topic of one text. @throws OnepassError, ConnectionError, TimeoutError, the signal's reason */
  classify(text: string, options: ClassifyOptions = {}, call: CallOptions = {}): Promise<ClassifyAnswer> {
    return this.#send<ClassifyAnswer>("POST", "/classify", { ...options, text }, call);
  }

  /** Several texts in one request, at most as many as the server takes. One at fault refuses them all. */
  classifyBatch(texts: readonly string[], options: ClassifyOptions = {}, call: CallOptions = {}): Promise<BatchAnswer> {
    return this.#send<BatchAnswer>("POST", "/classify", { ...options, texts }, call);
  }

  /** Any number of texts, in requests of `batchSize`; answers come in the order of the texts, as they are there. */
  async *classifyMany(
    texts: Iterable<string> | AsyncIterable<string>,
    options: ClassifyOptions = {},
    { batchSize = 32, concurrency = 2, ...call }: ManyOptions = {},
  ): AsyncGenerator<TextAnswer, void, undefined> {
    const ask = async (batch: readonly string[]) => (await this.classifyBatch(batch, options, call)).results;
    for await (const results of inOrder(inBatches(texts, batchSize), ask, concurrency)) yield* results;
  }

  /** One text, answered by several engines side by side. */
  compare(text: string, options: CompareOptions = {}, call: CallOptions = {}): Promise<CompareAnswer> {
    return this.#send<CompareAnswer>("POST", "/compare", { ...options, text }, call);
  }

  /** The models and their labels. */
  models(call: CallOptions = {}): Promise<Models> {
    return this.#send<Models>("GET", "/models", undefined, call);
  }

  /** Whether requests will be answered, and the state of every engine; never retried. */
  async readiness({ signal }: CallOptions = {}): Promise<Readiness> {
    const response = await this.#once("GET", "/readyz", undefined, this.#limit(signal));
    if (response.status !== 200 && response.status !== 503) throw await errorOf(response);
    return (await response.json()) as Readiness;
  }

  async #send<Answer>(method: string, path: string, body: unknown, { signal: caller }: CallOptions): Promise<Answer> {
    const signal = this.#limit(caller);
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= this.#retries;
      let response: Response;
      try {
        response = await this.#once(method, path, body, signal);
        if (response.ok) return (await response.json()) as Answer;
      } catch (error) {
        if (signal.aborted || last || !(error instanceof ConnectionError)) throw error;
        await sleep(delayMs(attempt, null), signal);
        continue;
      }
      if (last || !mayRetry(response.status)) throw await errorOf(response);
      await response.body?.cancel();
      await sleep(delayMs(attempt, response.headers.get("retry-after")), signal);
    }
  }

  async #once(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    signal.throwIfAborted();
    const init = { method, headers: this.#headers, signal, ...(body !== undefined && { body: JSON.stringify(body) }) };
    try {
      return await this.#fetch(this.#url + path, init);
    } catch (cause) {
      signal.throwIfAborted();
      throw new ConnectionError(`No answer from ${this.#url}: ${reasonOf(cause)}`, { cause });
    }
  }

  /** Aborted by the caller or when the time is over, whichever comes first. */
  #limit(caller: AbortSignal | undefined): AbortSignal {
    const over = new AbortController();
    const timer = setTimeout(() => {
      over.abort(new TimeoutError(`There was no answer within ${this.#timeoutMs} ms.`));
    }, this.#timeoutMs);
    if (typeof timer === "object") (timer as { unref(): void }).unref(); // in Node: a timer must not keep a process
    return caller ? AbortSignal.any([caller, over.signal]) : over.signal;
  }
}

/** `fetch` says no more than that it failed; what happened is a level deeper, in Node at least. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { message = "", code = "the request failed" } = cause as { message?: string; code?: string };
  return message === "" ? code : message; // of several addresses that were tried there is but a code
}
