import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { outcomeOf, Traffic } from "../../../src/proof/chaos/traffic.js";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that does in turn what it is told. */
async function serve(...acts: ("answer" | "fallback" | "busy" | "break" | "hang" | "reset")[]): Promise<string> {
  let asked = 0;
  server = createServer((req, res) => {
    const act = acts[asked++ % acts.length];
    if (act === "hang") return;
    if (act === "reset") return void req.socket.resetAndDestroy();
    const status = act === "busy" ? 429 : act === "break" ? 500 : 200;
    res.statusCode = status;
    const fallback = act === "fallback" ? { from: "a", reason: "engine_failed" } : null;
    res.end(JSON.stringify(status === 200 ? { fallback } : { error: { code: act } }));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("every request is counted once, by what came of it", async () => {
  const url = await serve("answer", "fallback", "busy", "break", "hang", "reset");
  const traffic = new Traffic({ url, key: "k", bodies: ["{}"], perSecond: 200, patienceMs: 300 });
  while (traffic.tally.sent < 12) await new Promise((resolve) => setTimeout(resolve, 5));
  await traffic.end();
  const { sent, ...outcomes } = traffic.tally;
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(sent);
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(0);
  expect(outcomes.unanswered).toBeGreaterThanOrEqual(outcomes.failed); // those that hang and those that are reset
  expect(traffic.faults.map(({ what }) => what)).toEqual(
    expect.arrayContaining(["500 break", "no answer within 300 ms", expect.stringContaining("ECONNRESET")]),
  );
});

test("a slow answer keeps no later request from being sent", async () => {
  const url = await serve("hang");
  const traffic = new Traffic({ url, key: "k", bodies: ["{}"], perSecond: 100, patienceMs: 500 });
  while (traffic.tally.sent < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(traffic.tally.unanswered).toBe(0);
  await traffic.end();
  expect(traffic.tally.unanswered).toBe(traffic.tally.sent);
});

test.each([
  [200, "<html>", "failed"],
  [503, "", "failed"],
  [503, '{"error":{"code":"not_ready"}}', "refused"],
  [504, '{"error":{"code":"deadline_exceeded"}}', "failed"],
])("%i %s is %s", (status, text, kind) => {
  expect(outcomeOf({ status, text }).kind).toBe(kind);
});
