import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export const hasHaproxy = spawnSync("haproxy", ["-v"]).status === 0;
if (!hasHaproxy)
  console.warn("SKIPPED: what needs HAProxy, since it is not installed (Debian: apt-get install haproxy)");

export interface Fake extends AsyncDisposable {
  readonly url: string;
  /** Requests for an answer, so far. */
  asked: number;
}

/** Ready, and answers POST as `classify` does. */
export async function fakeServer(classify: RequestListener): Promise<Fake> {
  const fake = { asked: 0 };
  const server: Server = createServer((req, res) => {
    if (req.method !== "POST") {
      res.end("{}");
      return;
    }
    fake.asked += 1;
    req.resume().once("end", () => {
      classify(req, res);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  });
}

export const answers: RequestListener = (_req, res) => void res.end('{"intent":{"name":"joke"}}');

export const answersAfter =
  (ms: number): RequestListener =>
  (req, res) =>
    void setTimeout(() => {
      answers(req, res);
    }, ms);

export const refuses =
  (status: number): RequestListener =>
  (_req, res) =>
    void res.writeHead(status).end('{"error":{}}');

/** Ends the connection without a word, as a process that is killed. */
export const dies: RequestListener = (req) => void req.socket.destroy();
