import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { measureFleet } from "../../../src/proof/capacity/measure.js";
import { simulate, type Job } from "../../../src/proof/capacity/simulate.js";
import { seeded } from "../../../src/statistics/random.js";
import { startProxy } from "../../../src/proof/fleet/haproxy.js";
import { arrivals } from "../../../src/proof/loadtest/open-loop.js";
import { quantileOf } from "../../../src/statistics/quantile.js";
import { hasHaproxy } from "../fleet/fakes.js";
import { FakeServer, targetOf } from "../loadtest/fake-server.js";

/** Answers one job after the other, each in its time. */
class TimedEngine {
  outstanding = 0;
  #turn: Promise<unknown> = Promise.resolve();

  async run(ms: number): Promise<void> {
    this.outstanding += 1;
    await (this.#turn = this.#turn.then(() => sleep(ms)));
    this.outstanding -= 1;
  }
}

/** Gives each job in its time to the engine with the fewest, and takes the time until its end. */
async function runTimed(replicas: number, jobs: readonly Job[]): Promise<number[]> {
  const engines = Array.from({ length: replicas }, () => new TimedEngine());
  const startedAt = performance.now();
  const since = () => performance.now() - startedAt;
  return Promise.all(
    jobs.map(async ({ at, serviceMs }) => {
      await sleep(at);
      const least = engines.reduce((best, one) => (one.outstanding < best.outstanding ? one : best));
      await least.run(serviceMs);
      return since() - at;
    }),
  );
}

const SLOW = { retry: 2, timeout: 120_000 }; // real time, on a machine that does other things too

test.each([40, 75])(
  "timed engines at %d %% of their capacity take what is predicted, within 20 %%",
  SLOW,
  async (percent) => {
    const random = seeded(percent);
    const [replicas, meanMs] = [3, 40];
    const perSecond = (replicas * 1000 * percent) / 100 / meanMs;
    const times = arrivals(perSecond, Infinity, 240, random);
    const jobs = times.map((at) => ({ at, serviceMs: meanMs * (0.5 + random()) }));
    const predicted = simulate({ replicas, slots: 1, cores: Infinity }, jobs);
    const measured = await runTimed(replicas, jobs);
    for (const fraction of [0.5, 0.95]) {
      const ratio = quantileOf(predicted, fraction) / quantileOf(measured, fraction);
      expect(ratio, `${fraction}`).toBeGreaterThan(0.8);
      expect(ratio, `${fraction}`).toBeLessThan(1.2);
    }
  },
);

test.skipIf(!hasHaproxy)("three timed servers behind HAProxy are measured and predicted", SLOW, async () => {
  const engine = { engine: "single-pass", name: "fake", delayMs: 30 };
  await using one = await FakeServer.start(engine);
  await using two = await FakeServer.start(engine);
  await using three = await FakeServer.start(engine);
  await using proxy = await startProxy([one.url, two.url, three.url]);
  await proxy.untilUp();
  const target = targetOf(engine);
  const bodies = [JSON.stringify({ text: "hi", engine: target.engine, model: target.model })];
  const fleet = { url: proxy.url, replicas: 3, target, bodies };
  const plan = { loads: [50], requests: 90, seed: 1 };
  const told: string[] = [];
  const measured = await measureFleet(fleet, plan, new AbortController().signal, (message) => told.push(message));
  // What the client and the proxy add is in the time alone; a sleeping server takes no core from another.
  expect(measured.service.mean_ms).toBeGreaterThan(30);
  expect(measured.effective_cores).toBeGreaterThan(2.2);
  const [load] = measured.loads;
  expect(load).toMatchObject({ percent: 50, failed: 0 });
  expect(load!.ratio.p50_ms).toBeGreaterThan(0.8);
  expect(load!.ratio.p50_ms).toBeLessThan(1.2);
});
