import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

export interface Call {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: Record<string, unknown>;
}

const EFFORT = {
  usage: { prompt_tokens: 9, cached_tokens: 0, generated_tokens: 0 },
  timing_ms: { tokenize: 0, queue: 0, inference: 3.2, decode: 0, total: 4 },
};

/** An answer of the API to a text. */
export function answerTo(text: string): Record<string, unknown> {
  return {
    ...{ id: "request", model: "fake@1.0.0", engine: "single-pass", fallback: null, text },
    intent: { name: "alarm_set", confidence: 0.9 },
    slots: [{ name: "time", value: "nine", start: 0, end: 4, confidence: 0.8 }],
    ...EFFORT,
  };
}

/** The API over HTTP, as far as clients see it; answers `/classify` unless `reply` says otherwise. */
export class ApiServer implements AsyncDisposable {
  readonly calls: Call[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(
    reply: (call: Call, calls: readonly Call[]) => Reply | Promise<Reply> = usual,
  ): Promise<ApiServer> {
    const server = createServer((req, res) => {
      void (async () => {
        let raw = "";
        for await (const chunk of req) raw += String(chunk);
        const body = (raw === "" ? {} : JSON.parse(raw)) as Record<string, unknown>;
        const call = { path: req.url ?? "", key: req.headers.authorization, body };
        own.calls.push(call);
        const { status = 200, headers = {}, body: answer } = await reply(call, own.calls);
        res.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(answer));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const own = new ApiServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return own;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function usual({ body }: Call): Reply {
  const { text } = body;
  if (typeof text === "string" && text.includes("long")) {
    return { status: 413, body: { error: { code: "text_too_long", message: "The text is too long.", field: "text" } } };
  }
  return { body: answerTo(String(text)) };
}
