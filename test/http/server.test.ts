import { once } from "node:events";
import type { Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { ErrorAnswer } from "../../src/http/schemas.js";
import { createHttpServer, listen, type ConnectionLimits } from "../../src/http/server.js";
import { harness } from "./harness.js";

const LIMITS: ConnectionLimits = {
  headersTimeoutMs: 500,
  receiveTimeoutMs: 1_000,
  keepAliveMs: 10_000,
  maxConnections: 3,
};
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function open() {
  const { app, metrics } = await harness();
  const failed = vi.fn();
  const dropped = vi.fn();
  const server = await listen(createHttpServer(app, LIMITS, { failed, dropped }), "127.0.0.1", 0);
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { port, failed, dropped, metrics };
}

/** All that a connection answers until it is closed. */
async function answerOf(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "close");
  return text;
}

async function send(port: number, ...parts: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const answer = answerOf(socket);
  for (const part of parts) socket.write(part);
  return answer;
}

/** Status and code of an answer. */
function told(answer: string): [status: number, code: string] {
  const [head, body] = answer.split("\r\n\r\n");
  return [Number(head!.split(" ")[1]), ErrorAnswer.parse(JSON.parse(body!)).error.code];
}

const CLOSE = "Host: a\r\nConnection: close\r\n";

test.each<[string, string, number, string]>([
  ["what is no HTTP", "hello\r\n\r\n", 400, "invalid_request"],
  ["the beginning of a TLS handshake", "\x16\x03\x01\x02\x00\x01", 400, "invalid_request"],
  [
    "two lengths",
    `POST /classify HTTP/1.1\r\n${CLOSE}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    400,
    "invalid_request",
  ],
  [
    "a length beside chunks, as request smuggling has it",
    `POST /classify HTTP/1.1\r\n${CLOSE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    "invalid_request",
  ],
  ["headers without end", `GET /livez HTTP/1.1\r\n${CLOSE}x: ${"x".repeat(20_000)}\r\n\r\n`, 431, "headers_too_large"],
  ["an expectation", `GET /livez HTTP/1.1\r\n${CLOSE}Expect: gold\r\n\r\n`, 417, "expectation_failed"],
  ["a tunnel", `CONNECT example.org:443 HTTP/1.1\r\n${CLOSE}\r\n`, 405, "method_not_allowed"],
  ["no Host", "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "invalid_request"],
])("%s is refused in the shape of every error", async (_name, request, status, code) => {
  const { port } = await open();
  expect(told(await send(port, request))).toEqual([status, code]);
});

test("HTTP/1.0 without a Host is answered", async () => {
  const { port } = await open();
  expect(await send(port, "GET /livez HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 200 /);
});

test.each([
  ["headers", "GET /livez HTTP/1.1\r\nHost: a\r\nx: "],
  ["a body", "POST /classify HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"],
])("who sends %s too slowly loses the connection, whatever trickles in", async (_name, beginning) => {
  const { port, failed } = await open();
  const socket = connect(port, "127.0.0.1");
  const answer = answerOf(socket);
  socket.on("error", () => undefined);
  socket.write(beginning);
  const trickle = setInterval(() => socket.write("a"), 100);
  const text = await Promise.race([answer, sleep(10_000, "still open")]);
  clearInterval(trickle);
  expect(told(text)).toEqual([408, "request_timeout"]);
  expect(failed).toHaveBeenCalledWith("request_timeout");
});

test("one connection too many is closed at once, and counted", async () => {
  const { port, dropped } = await open();
  const held = Array.from({ length: LIMITS.maxConnections }, () => connect(port, "127.0.0.1"));
  await Promise.all(held.map((socket) => once(socket, "connect")));
  expect(await send(port, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").catch(() => "")).toBe("");
  expect(dropped).toHaveBeenCalled();
  for (const socket of held) socket.destroy();
});
