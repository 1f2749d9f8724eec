import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What came of the requests. Only `unanswered` and `failed` are faults: a refusal is an answer, and a cheap one. */
export interface Tally {
  sent: number;
  /** 200 of the model that was asked for. */
  answered: number;
  /** 200 of the fallback. */
  by_fallback: number;
  /** 429, and 503 with a code. */
  refused: number;
  /** Any other answer. */
  failed: number;
  /** The connection was taken and then closed, or nothing came in time. */
  unanswered: number;
}

export interface Fault {
  readonly at_ms: number;
  readonly what: string;
}

export interface TrafficOptions {
  readonly url: string;
  readonly key: string;
  readonly bodies: readonly string[];
  readonly perSecond: number;
  readonly patienceMs: number;
}

const SHOWN_FAULTS = 50;

/** Requests at a steady rate, whatever becomes of those before. Each has a connection of its own: none is lost to a stale one. */
export class Traffic {
  readonly tally: Tally = { sent: 0, answered: 0, by_fallback: 0, refused: 0, failed: 0, unanswered: 0 };
  /** The first of those that were not answered as they should be. */
  readonly faults: Fault[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #startedAt = performance.now();
  readonly #loop: Promise<void>;

  constructor(private readonly options: TrafficOptions) {
    this.#loop = this.#run();
  }

  /** Sends no more; resolves when everything is answered or given up. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { perSecond, bodies } = this.options;
    for (let i = 0; !this.#stop.signal.aborted; i++) {
      const due = this.#startedAt + (i * 1000) / perSecond;
      await sleep(Math.max(0, due - performance.now()), undefined, { signal: this.#stop.signal }).catch(
        () => undefined,
      );
      const sent = this.#send(bodies[i % bodies.length]!);
      this.#underWay.add(sent);
      void sent.finally(() => this.#underWay.delete(sent));
    }
  }

  async #send(body: string): Promise<void> {
    this.tally.sent += 1;
    const outcome = await post(this.options, body).then(outcomeOf, (error: unknown) => ({
      kind: "unanswered" as const,
      what: error instanceof Error ? error.message : String(error),
    }));
    this.tally[outcome.kind] += 1;
    const isFault = outcome.kind === "unanswered" || outcome.kind === "failed";
    if (isFault && this.faults.length < SHOWN_FAULTS) {
      this.faults.push({ at_ms: Math.round(performance.now() - this.#startedAt), what: outcome.what });
    }
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws Error when there is no answer */
export function post(
  { url, key, patienceMs }: Pick<TrafficOptions, "url" | "key" | "patienceMs">,
  body: string,
  path = "/classify",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { method: "POST", agent: false, headers: { "x-api-key": key } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.on("error", reject);
      },
    );
    sent.setTimeout(patienceMs, () => sent.destroy(new Error(`no answer within ${patienceMs} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

export function outcomeOf({ status, text }: Answer): {
  readonly kind: Exclude<keyof Tally, "sent">;
  readonly what: string;
} {
  const answer = parse(text) as { fallback?: unknown; error?: { code?: string } } | undefined;
  const what = `${status} ${answer?.error?.code ?? ""}`.trim();
  if (status === 200 && answer) return { kind: answer.fallback ? "by_fallback" : "answered", what };
  if (answer?.error?.code !== undefined && (status === 429 || status === 503)) return { kind: "refused", what };
  return { kind: "failed", what };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
