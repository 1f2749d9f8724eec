import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../../src/proof/loadtest/targets.js";

export interface FakeEngine {
  readonly engine: string;
  /** Without the version, which is always 1.0.0. */
  readonly name: string;
  /** What an answer takes; `timing_ms.inference` says exactly this. */
  readonly delayMs: number;
  readonly state?: string;
  readonly generatedTokens?: number;
  /** Answers for this engine instead. */
  readonly impostor?: string;
  /** Refuses every request with this status. */
  readonly refuses?: number;
}

export interface Asked {
  readonly text: string;
  readonly engine: string;
  readonly model: string;
  readonly tasks: string[];
  readonly fallback: boolean;
}

export const targetOf = ({ engine, name }: FakeEngine, label = engine): Target => ({
  label,
  engine,
  model: `${name}@1.0.0`,
});

/** As much of a onepass server as the load test meets, with known times. It answers one request after the other. */
export class FakeServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** Requests under way, now and at most. */
  inFlight = 0;
  mostInFlight = 0;
  /** Called at each request, before it is answered. */
  onRequest: (asked: Asked) => void = () => undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #server: Server;
  #port = 0;

  private constructor(private readonly engines: readonly FakeEngine[]) {
    this.#server = createServer((req, res) => void this.#answer(req, res));
  }

  static async start(...engines: FakeEngine[]): Promise<FakeServer> {
    const fake = new FakeServer(engines);
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    fake.#port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`; // also when it is gone
  }

  /** Ends in the middle of whatever runs, as a killed process does. */
  die(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.die();
    await once(this.#server, "close");
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const states = this.engines.map(({ engine, name, state = "ready" }) => {
      return { engine, name, model: `${name}@1.0.0`, state };
    });
    const plain: Record<string, unknown> = {
      "/livez": { status: "ok" },
      "/readyz": { status: "ready", engines: states },
      "/models": { models: states },
      "/version": { name: "fake", version: "1.2.3", node: "v0" },
    };
    if (req.url !== "/classify") {
      json(res, 200, plain[req.url ?? ""] ?? {});
      return;
    }
    let body = "";
    for await (const chunk of req) body += String(chunk);
    const asked = JSON.parse(body) as Asked;
    this.asked.push(asked);
    this.onRequest(asked);
    await this.#classify(asked, res);
  }

  async #classify({ engine, model }: Asked, res: ServerResponse): Promise<void> {
    const fake = this.engines.find((one) => one.engine === engine && `${one.name}@1.0.0` === model);
    if (!fake) {
      json(res, 400, { error: { code: "unknown_model", message: "There is no such model." } });
      return;
    }
    const { delayMs, impostor, refuses, generatedTokens = 0 } = fake;
    if (refuses !== undefined) {
      json(res, refuses, { error: { code: "busy", message: "Come back later." } });
      return;
    }
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    const arrived = performance.now();
    const before = this.#turn;
    let startedAt = 0;
    this.#turn = before.then(() => {
      startedAt = performance.now();
      return sleep(delayMs);
    });
    await this.#turn;
    this.inFlight--;
    const queue = startedAt - arrived;
    json(res, 200, {
      model,
      engine: impostor ?? engine,
      fallback: impostor !== undefined,
      usage: { prompt_tokens: 11, cached_tokens: 0, generated_tokens: generatedTokens },
      // The rest of the server is always 1 ms, half of it tokenising.
      timing_ms: { tokenize: 0.5, queue, inference: delayMs, decode: 0, total: queue + delayMs + 1 },
    });
  }
}

function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
