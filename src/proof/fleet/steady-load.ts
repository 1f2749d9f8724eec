import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "../loadtest/open-loop.js";

/** What became of the requests that ended in a span of time. */
export interface Tally {
  readonly answered: number;
  readonly failed: number;
  /** What the first failures said. */
  readonly faults: readonly string[];
  readonly slowestMs: number;
}

export interface SteadyOptions {
  readonly url: string;
  /** Each has one connection and one request under way. */
  readonly clients: number;
  /** Between an answer and the client's next request: what bounds the load. */
  readonly pauseMs: number;
  readonly bodies: readonly string[];
  readonly timeoutMs: number;
}

const MOST_FAULTS = 5;
const NOTHING: Tally = { answered: 0, failed: 0, faults: [], slowestMs: 0 };

/** Clients that ask one thing after the other, whatever happens, and count what is not answered. A request is never sent twice. */
export class SteadyLoad implements AsyncDisposable {
  #tally = NOTHING;
  #stopped = false;
  #turn = 0;
  readonly #clients: readonly Promise<void>[];

  constructor(private readonly options: SteadyOptions) {
    this.#clients = Array.from({ length: options.clients }, () => this.#client());
  }

  /** What has ended since the last look. */
  look(): Tally {
    const tally = this.#tally;
    this.#tally = NOTHING;
    return tally;
  }

  /** Lets what is under way end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #client(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#stopped) {
      const startedAt = performance.now();
      const fault = await this.#ask(agent);
      const { answered, failed, faults, slowestMs } = this.#tally;
      this.#tally = {
        answered: answered + (fault === undefined ? 1 : 0),
        failed: failed + (fault === undefined ? 0 : 1),
        faults: fault === undefined || faults.length >= MOST_FAULTS ? faults : [...faults, fault],
        slowestMs: Math.max(slowestMs, performance.now() - startedAt),
      };
      await sleep(this.options.pauseMs);
    }
    agent.destroy();
  }

  /** Why there was no answer; undefined when there was. */
  async #ask(agent: Agent): Promise<string | undefined> {
    const { url, bodies, timeoutMs } = this.options;
    const body = bodies[this.#turn++ % bodies.length] ?? "";
    try {
      const { status, text } = await post(url, body, agent, AbortSignal.timeout(timeoutMs));
      return status === 200 && hasIntent(text) ? undefined : `${status}: ${text.slice(0, 200)}`;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }
}

/** A cut or foreign answer is none. */
function hasIntent(text: string): boolean {
  try {
    return "intent" in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}
