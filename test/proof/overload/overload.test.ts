import { expect, test } from "vitest";
import { overloadCommand, type Options } from "../../../src/proof/overload/command.js";
import { timedServer } from "./timed-server.js";

const PLAN: Omit<Options, "url"> = {
  target: "single-pass",
  pin: false,
  blockMs: 600,
  probeMs: 250,
  rounds: 1,
  factor: 4,
  seed: 1,
};
const EVERYTHING = { queueRequests: 100_000, queueTokens: 1e9, cacheBytes: 0 };
const LABELS = 'model="single-pass@1.0.0",engine="single-pass"';

async function overload(settings: Parameters<typeof timedServer>[1]) {
  await using server = await timedServer(5, settings);
  let told = "";
  const stdout = { write: (text: string) => ((told += text), true) };
  const io = { env: {}, stop: new AbortController().signal, stdout, stderr: { write: () => true } };
  const met = await overloadCommand({ ...PLAN, url: server.url }, io);
  const [, share = "", p99 = ""] = /^\| 400 % \| \d+ \| \d+ \| (\d+) % \| [\d.]+ \| ([\d.]+) \|$/m.exec(told) ?? [];
  const text = await server.metrics.registry.metrics();
  const metric = (line: string) => Number(new RegExp(`^${line} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  return {
    told,
    met,
    refusedShare: Number(share),
    p99: Number(p99),
    goodput: Number(/^\| goodput \/ capacity \| ([\d.]+)/m.exec(told)?.[1]),
    unread: metric('onepass_refused_total{model="",engine="",reason="unread"}'),
    read: metric(`onepass_refused_total{${LABELS},reason="requests"}`),
    waiting: metric(`onepass_queue_requests{${LABELS}}`) + metric(`onepass_running_texts{${LABELS}}`),
  };
}

// Bounds for a machine that does other things: `npm run overload` on a quiet one measures what is promised.
test("at four times its capacity a server goes on answering, soon, and refuses most of the rest unread", async () => {
  const bounded = await overload({ ...EVERYTHING, queueRequests: 4 });
  const unbounded = await overload(EVERYTHING);
  expect(bounded.goodput).toBeGreaterThan(0.5);
  expect(bounded.refusedShare).toBeGreaterThan(25);
  expect(bounded.unread).toBeGreaterThan(bounded.read);
  expect(bounded.waiting).toBe(0);

  expect(unbounded.refusedShare).toBe(0);
  expect(unbounded.p99).toBeGreaterThan(3 * bounded.p99);
  expect(unbounded.met).toBe(false);
  expect(unbounded.told).toContain("**missed**");
});
