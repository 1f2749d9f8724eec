import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { faultsOf } from "../../../../src/proof/fuzz/http/judge.js";
import { exchangeOf, fuzzHttp } from "../../../../src/proof/fuzz/http/run.js";
import { createHttpServer, listen } from "../../../../src/http/server.js";
import { harness } from "../../../http/harness.js";

const PATIENCE = { quietMs: 1_000, hangMs: 20_000 };
const never = new AbortController().signal;
const LIMITS = { headersTimeoutMs: 10_000, receiveTimeoutMs: 30_000, keepAliveMs: 5_000, maxConnections: 100 };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const fuzz = (port: number, cases: number, patience = PATIENCE) =>
  fuzzHttp({ port, seed: 7, from: 0, cases, connections: 8, patience, stop: never });

/** A server that says `reply` to whatever comes. */
async function serverThatSays(reply: string | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    if (reply !== undefined) socket.once("data", () => socket.end(reply));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("nothing of 600 seeded exchanges is answered with a 5xx, hangs or is refused without a code", async () => {
  const { app, metrics } = await harness();
  const observer = { failed: () => undefined, dropped: () => undefined };
  const server = await listen(createHttpServer(app, LIMITS, observer), "127.0.0.1", 0);
  const tally = await fuzz((server.address() as AddressInfo).port, 600);
  server.closeAllConnections();
  server.close();
  expect(tally.findings).toEqual([]);
  expect(tally).toMatchObject({ cases: 600, hangs: 0, serverErrors: 0 });
  // It reaches what it is for: good answers, and most kinds of refusal.
  for (const status of [200, 400, 403, 404, 405, 413, 415, 431])
    expect(Object.keys(tally.statuses)).toContain(String(status));
  const families = ["body", "paths", "headers", "chunked", "pipelined", "reset", "half-closed", "garbage"];
  expect(Object.keys(tally.families).sort()).toEqual(families.sort());
  const { values } = await metrics.registry.getSingleMetric("onepass_requests_in_flight")!.get();
  expect(values[0]?.value).toBe(0);
});

test("the exchange of a number is the same each time, whichever ran before", () => {
  const [once, again] = [exchangeOf(3, 41), (exchangeOf(3, 40), exchangeOf(3, 41))];
  expect(Buffer.concat(again.chunks).equals(Buffer.concat(once.chunks))).toBe(true);
  expect(Buffer.concat(exchangeOf(3, 42).chunks).equals(Buffer.concat(once.chunks))).toBe(false);
});

test.each([
  ["a server error", "HTTP/1.1 500 x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "status 500"],
  ["a refusal without a code", "HTTP/1.1 400 x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "without a code"],
  [
    "a code that there is not",
    'HTTP/1.1 400 x\r\nContent-Length: 24\r\nConnection: close\r\n\r\n{"error":{"code":"odd"}}',
    "without a code",
  ],
  ["silence", "", "closed after 0 of"],
  ["what is no HTTP", "hello\r\n\r\n", "status NaN"],
  ["JSON that is none", "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{", "no JSON"],
])("%s is found", async (_name, reply, fault) => {
  const { findings } = await fuzz(await serverThatSays(reply), 20);
  expect(findings.flatMap(({ faults }) => faults).join("\n")).toContain(fault);
});

test("a 504 is by design for a caller whose own timeout_ms was too short, and for nobody else", () => {
  const exchange = (body: string) => ({
    ...{ family: "body", answers: 1, methods: ["POST"] },
    chunks: [Buffer.from(body)],
  });
  const answer = (status: number, code: string) => ({
    ...{ status, headers: new Map<string, string>(), closes: false },
    body: JSON.stringify({ error: { code } }),
  });
  const faults = (body: string, status: number, code: string) =>
    faultsOf(exchange(body), { answers: [answer(status, code)], end: "answered" });
  expect(faults('{"text":"nine","timeout_ms":1}', 504, "deadline_exceeded")).toEqual([]);
  expect(
    faults('9\r\n{"text":"\r\nd\r\nnine","timeou\r\n6\r\nt_ms":\r\n2;x=y\r\n1}\r\n0\r\n\r\n', 504, "deadline_exceeded"),
  ).toEqual([]);
  expect(faults('{"text":"nine","timeout_ms":20000}', 504, "deadline_exceeded")).toHaveLength(1);
  expect(faults('{"text":"nine"}', 504, "deadline_exceeded")).toHaveLength(1);
  expect(faults('{"text":"nine","timeout_ms":1}', 500, "internal")).toHaveLength(1);
  expect(faults('{"text":"nine","timeout_ms":1}', 504, "internal")).toHaveLength(1);
});

test("a server that never answers hangs", async () => {
  const tally = await fuzz(await serverThatSays(undefined), 8, { quietMs: 50, hangMs: 300 });
  expect(tally.hangs).toBeGreaterThan(0);
  expect(tally.findings.length).toBe(tally.hangs);
});
