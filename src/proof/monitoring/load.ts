import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../../statistics/random.js";
import { SENTENCES } from "../loadtest/sentences.js";
import type { OwnServer } from "../loadtest/server.js";

/** Requests a second that even a slow machine answers: this is to be seen, not to be fast. */
const RATE = 8;
const BURST = { requests: 150, texts: 24 };
/** Engines that write take seconds, and would be all that there is to see. */
const BOTH = [{ engine: "single-pass" }, { engine: "dual-encoder" }];
const PATIENCE_MS = 60_000;

/** How many requests ended with each status; 0: without an answer. */
export type Statuses = Map<number, number>;

interface Asked {
  readonly path: string;
  readonly body: object;
  readonly key?: string;
}

/**
 * A little of everything that the dashboard shows: steady traffic of all kinds, a burst that fills the queues, and a worker that
 * dies. key: of the scope `classify`
 */
export async function loadServer(server: OwnServer, key: string, seconds: number): Promise<Statuses> {
  const statuses: Statuses = new Map();
  const random = seeded(7);
  const ask = async ({ path, body, key: own = key }: Asked): Promise<void> => {
    const status = await fetch(server.url + path, {
      method: "POST",
      headers: { "x-api-key": own },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const steady = async (share: number): Promise<Promise<void>[]> => {
    const running: Promise<void>[] = [];
    const until = performance.now() + share * seconds * 1000;
    while (performance.now() < until) {
      running.push(ask(draw(random)));
      await sleep(1000 / RATE);
    }
    return running;
  };
  const running = await steady(0.4);
  for (let i = 0; i < BURST.requests; i++)
    running.push(ask({ path: "/classify", body: { texts: texts(random, BURST.texts) } }));
  running.push(...(await steady(0.2)));
  await killWorker(server.pid);
  running.push(...(await steady(0.4)));
  await Promise.all(running);
  return statuses;
}

function draw(random: () => number): Asked {
  const kind = random();
  const [text] = texts(random, 1);
  if (kind < 0.6) return { path: "/classify", body: { text } };
  if (kind < 0.7) return { path: "/classify", body: { texts: texts(random, 4), tasks: ["intent", "slots"] } };
  if (kind < 0.8) return { path: "/classify", body: { text, engine: "dual-encoder" } };
  if (kind < 0.86) return { path: "/compare", body: { text, engines: BOTH } };
  if (kind < 0.92) return { path: "/classify", body: { text, oos_threshold: 0.9 } };
  if (kind < 0.96) return { path: "/classify", body: { text: " " } };
  return { path: "/classify", body: { text }, key: "unknown" };
}

/** Half of them with a number of their own, so that a cache has something to do and something to miss. */
function texts(random: () => number, count: number): string[] {
  return Array.from({ length: count }, () => {
    const sentence = SENTENCES[Math.floor(random() * SENTENCES.length)]!;
    return random() < 0.5 ? sentence : `${sentence} ${Math.floor(random() * 1000)}`;
  });
}

/** As a fault of native code does. A server without workers goes on as it is, and has none to show. */
async function killWorker(pid: number): Promise<void> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const [worker] = children.trim().split(" ").filter(Boolean);
  if (worker !== undefined) process.kill(Number(worker), "SIGKILL");
}
