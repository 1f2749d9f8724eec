import autocannon from "autocannon";
import { isFault, readAnswer } from "./answer.js";
import { Loop } from "./loop.js";
import type { Target } from "./targets.js";

export interface ClosedLoop {
  readonly url: string;
  readonly target: Target;
  /** What each client sends, over and over: clients that sent the same text at once would flatter batching. */
  readonly bodies: readonly (readonly string[])[];
  /** Answers that each client is measured on; one more comes before them. */
  readonly answersEach: number;
  /** The block is cut here. */
  readonly mostMs: number;
  /** For one answer. */
  readonly timeoutMs: number;
}

/** One client: when its answers came, milliseconds since the start. The first one is not measured. */
interface Lane {
  body: string;
  readonly doneAt: number[];
}

const TICK_MS = 20; // how soon autocannon notices that a block is over
const MOST_FAULTS = 5; // of connections, before a block is given up
const HEADERS = { "content-type": "application/json" };

/**
 * Clients that send the next request when the last is answered. A number of requests and not a time ends the block, so
 * that none is cut off: those would be the slow ones. The first answer of each client opens its connection and warms
 * the caches that another engine has used; it is thrown away.
 */
export async function closedLoop(block: ClosedLoop, signal: AbortSignal): Promise<Loop> {
  const loop = new Loop();
  const lanes: Lane[] = [];
  const startedAt = performance.now();
  const options: autocannon.Options = {
    url: block.url,
    connections: block.bodies.length,
    amount: block.bodies.length * (block.answersEach + 1),
    timeout: Math.ceil(block.timeoutMs / 1000),
    bailout: MOST_FAULTS,
    sampleInt: TICK_MS,
    skipAggregateResult: true,
    setupClient: (client) => {
      const lane: Lane = { body: "", doneAt: [] };
      const own = block.bodies[lanes.push(lane) - 1] ?? [];
      const path = new URL(block.url).pathname.replace(/\/$/, "") + "/classify";
      const onResponse = (_status: number, body: string) => (lane.body = body);
      client.setRequests(own.map((body) => ({ method: "POST", path, headers: HEADERS, body, onResponse })));
      client.on("response", (status, _bytes, ms) => {
        const outcome = readAnswer(status, lane.body, ms, block.target);
        lane.doneAt.push(performance.now() - startedAt);
        if (isFault(outcome)) loop.fail(outcome);
        else if (lane.doneAt.length > 1) loop.samples.push(outcome);
      });
    },
  };
  await finished(options, loop, block.mostMs, signal);
  loop.seconds = (performance.now() - startedAt) / 1000;
  loop.rate = rateOf(lanes, loop);
  return loop;
}

/** Runs autocannon until all is answered, `mostMs` are over or `signal` is aborted. */
function finished(options: autocannon.Options, loop: Loop, mostMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      run.stop();
    };
    const cut = setTimeout(() => {
      loop.cut = true;
      stop();
    }, mostMs);
    const run = autocannon(options, (error: Error | null) => {
      clearTimeout(cut);
      signal.removeEventListener("abort", stop);
      if (error) reject(error);
      else resolve();
    });
    run.on("reqError", (error: Error) => {
      loop.fail({ code: error.message.includes("timed out") ? "timeout" : "network", message: error.message });
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Answers a second from when every client has had its first answer until one of them has had its last. */
function rateOf(lanes: readonly Lane[], { samples, errors, seconds }: Loop): number {
  const from = Math.max(...lanes.map(({ doneAt }) => doneAt[0] ?? Infinity));
  const to = Math.min(...lanes.map(({ doneAt }) => doneAt.at(-1) ?? -Infinity));
  const within = lanes.flatMap(({ doneAt }) => doneAt.filter((at) => at > from && at <= to)).length;
  if (within === 0 || Object.keys(errors).length > 0) return samples.length / seconds;
  return (within * 1000) / (to - from);
}
