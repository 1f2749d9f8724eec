import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ConnectionError, OnepassClient, OnepassError, TimeoutError } from "../../clients/typescript/src/index.js";
import { harness } from "../http/harness.js";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listening(app: RequestListener): Promise<string> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers `statuses` one after the other, the last one for ever. */
async function answering(...statuses: (number | "cut")[]) {
  const seen: number[] = [];
  const url = await listening((req, res) => {
    const status = statuses[Math.min(seen.length, statuses.length - 1)]!;
    seen.push(performance.now());
    if (status === "cut") return void req.socket.destroy();
    const body = status === 200 ? { intent: null } : { error: { code: "overloaded", message: "full" } };
    res.writeHead(status, { "content-type": "application/json", "retry-after": "0.05" }).end(JSON.stringify(body));
  });
  return { url, seen };
}

describe("against the server's own app", () => {
  test("one text, several, several engines, the models and the readiness", async () => {
    const { app } = await harness();
    const client = new OnepassClient({ url: (await listening(app)) + "/" });
    const answer = await client.classify("at nine am", { tasks: ["intent", "slots"], top_k: 1 });
    expect(answer).toMatchObject({ text: "at nine am", engine: "single-pass", fallback: null });
    expect(answer.intent_ranking).toHaveLength(1);
    const batch = await client.classifyBatch(["at nine am", "hi"]);
    expect(batch.results.map(({ text }) => text)).toEqual(["at nine am", "hi"]);
    const compared = await client.compare("hi", { engines: [{ engine: "single-pass" }] });
    expect(compared.results[0]?.answer?.text).toBe("hi");
    expect((await client.models()).models.length).toBeGreaterThan(0);
    expect((await client.readiness()).status).toBe("ready");
  });

  test("an error has its code, its field and the id of the request", async () => {
    const { app } = await harness();
    const client = new OnepassClient({ url: await listening(app) });
    const error = await client.classifyBatch(["hi", " "]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OnepassError);
    expect(error).toMatchObject({ status: 400, code: "empty_text", field: "texts[1]" });
    expect((error as OnepassError).requestId).toMatch(/^[\w-]+$/);
  });

  test("any number of texts comes back in order, in requests of the size asked for", async () => {
    const { app } = await harness();
    let requests = 0;
    const url = await listening((req, res) => {
      requests++;
      app(req, res);
    });
    const texts = Array.from({ length: 7 }, (_, i) => `text ${i}`);
    const found: string[] = [];
    for await (const { text } of new OnepassClient({ url }).classifyMany(texts, {}, { batchSize: 3 })) found.push(text);
    expect(found).toEqual(texts);
    expect(requests).toBe(3);
  });
});

describe("trying again", () => {
  test.each([[429], [503], ["cut" as const]])("after %s", async (fault) => {
    const { url, seen } = await answering(fault, 200);
    await expect(new OnepassClient({ url }).classify("hi")).resolves.toEqual({ intent: null });
    expect(seen).toHaveLength(2);
    expect(seen[1]! - seen[0]!).toBeGreaterThan(45); // what Retry-After asks for, or the first back-off
  });

  test.each([[504], [400], [500]])("never after %i", async (status) => {
    const { url, seen } = await answering(status, 200);
    await expect(new OnepassClient({ url }).classify("hi")).rejects.toMatchObject({ status });
    expect(seen).toHaveLength(1);
  });

  test("no more often than asked for; the last answer is the error", async () => {
    const { url, seen } = await answering(429);
    await expect(new OnepassClient({ url, retries: 1 }).classify("hi")).rejects.toMatchObject({ code: "overloaded" });
    expect(seen).toHaveLength(2);
  });

  test("nobody there", async () => {
    const url = await listening(() => undefined);
    servers[0]!.close();
    const error: unknown = await new OnepassClient({ url, retries: 0 })
      .classify("hi")
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toMatch(/^No answer from http.*: .*ECONNREFUSED/);
  });
});

describe("giving up", () => {
  test("when the caller does, with the caller's reason, also between tries", async () => {
    const { url } = await answering(503);
    const reason = new Error("the user left");
    const signal = AbortSignal.timeout(30);
    const aborted = new AbortController();
    signal.addEventListener("abort", () => {
      aborted.abort(reason);
    });
    const client = new OnepassClient({ url, retries: 100 });
    await expect(client.classify("hi", {}, { signal: aborted.signal })).rejects.toBe(reason);
  });

  test("when its time is over", async () => {
    const url = await listening(() => undefined); // never answers
    await expect(new OnepassClient({ url, timeoutMs: 30 }).classify("hi")).rejects.toBeInstanceOf(TimeoutError);
  });

  test("something that is not the server is told by its status", async () => {
    const url = await listening((_req, res) => void res.writeHead(502).end("<html>"));
    await expect(new OnepassClient({ url }).classify("hi")).rejects.toMatchObject({ status: 502, code: "unknown" });
  });
});

test("the key is sent as a bearer's", async () => {
  let authorization: string | undefined;
  const url = await listening((req, res) => {
    ({ authorization } = req.headers);
    res.end("{}");
  });
  await new OnepassClient({ url, key: "secret" }).classify("hi");
  expect(authorization).toBe("Bearer secret");
});
