import { setMaxListeners } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../statistics/random.js";
import { isFault, readAnswer } from "./answer.js";
import { Loop } from "./loop.js";
import type { Target } from "./targets.js";

/**
 * When requests are to be sent: milliseconds since the start, ascending, until `ms`. Exponential gaps make it a Poisson
 * process.
 */
export function arrivals(perSecond: number, ms: number, most: number, random: Random): number[] {
  const times: number[] = [];
  let at = 0;
  while (times.length < most) {
    at += (-Math.log(1 - random()) * 1000) / perSecond;
    if (at >= ms) break;
    times.push(at);
  }
  return times;
}

export interface OpenLoop {
  readonly url: string;
  readonly target: Target;
  /** Sent one after the other, from the beginning again at the end. */
  readonly bodies: readonly string[];
  /** Of `arrivals`. */
  readonly times: readonly number[];
  /** How long answers are waited for after the last arrival. */
  readonly drainMs: number;
  /** Arrivals beyond this many requests under way fail as `too_many_in_flight` instead of being sent. */
  readonly mostInFlight: number;
}

/**
 * Sends each request at its time, whatever became of those before: a slow server does not slow its arrivals down.
 * Latency counts from the time that was planned, so that lateness of the client and waiting for a connection are in it.
 * What is still unanswered at the end counts with the time that it has been waited for. One request before the first is
 * not measured: it warms the caches that another engine has used.
 */
export async function openLoop(block: OpenLoop, signal: AbortSignal): Promise<Loop> {
  const loop = new Loop();
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity });
  const end = new AbortController();
  setMaxListeners(0, end.signal); // one a request under way
  const inFlight = new Set<Promise<void>>();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(block.drainMs)]);
  await post(block.url, block.bodies[0] ?? "", agent, limit).catch(() => undefined); // the next ones tell the fault
  const startedAt = performance.now();
  const since = (planned: number) => performance.now() - startedAt - planned;
  let last = 0;

  async function send(planned: number, body: string): Promise<void> {
    loop.lags.push(since(planned));
    try {
      const { status, text } = await post(block.url, body, agent, end.signal);
      const ms = since(planned);
      last = Math.max(last, planned + ms);
      const outcome = readAnswer(status, text, ms, block.target);
      if (isFault(outcome)) loop.fail(outcome);
      else loop.samples.push(outcome);
    } catch (error) {
      if (end.signal.aborted) loop.unfinished.push(since(planned));
      else loop.fail({ code: "network", message: error instanceof Error ? error.message : String(error) });
    }
  }

  for (const [i, planned] of block.times.entries()) {
    const wait = -since(planned);
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if (inFlight.size >= block.mostInFlight) {
      loop.fail({ code: "too_many_in_flight", message: `${inFlight.size} requests are under way` });
      continue;
    }
    const sent = send(planned, block.bodies[i % block.bodies.length] ?? "").finally(() => inFlight.delete(sent));
    inFlight.add(sent);
  }
  const drained = new AbortController();
  const patience = sleep(signal.aborted ? 0 : block.drainMs, undefined, { signal: drained.signal });
  await Promise.race([Promise.all(inFlight), patience.catch(() => undefined)]);
  drained.abort();
  end.abort();
  await Promise.all(inFlight);
  agent.destroy();
  loop.seconds = since(0) / 1000;
  loop.rate = last === 0 ? 0 : (loop.samples.length * 1000) / last;
  return loop;
}

/** POST /classify. Rejects when the connection fails or the signal is aborted. */
export function post(
  url: string,
  body: string,
  agent: Agent,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(`${url}/classify`, { method: "POST", agent, headers, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
