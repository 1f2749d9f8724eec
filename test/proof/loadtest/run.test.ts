import { expect, test } from "vitest";
import { loadtest } from "../../../src/cli/loadtest.js";
import type { Options } from "../../../src/proof/loadtest/options.js";
import { makePlan, type Plan } from "../../../src/proof/loadtest/plan.js";
import { run, type Findings } from "../../../src/proof/loadtest/run.js";
import { runningServer } from "../../../src/proof/loadtest/server.js";
import { ownSet } from "../../../src/proof/loadtest/texts.js";
import { FakeServer, targetOf } from "./fake-server.js";

const FAST = { engine: "single-pass", name: "fake", delayMs: 2 };
const SLOW = { engine: "generate", name: "fake", delayMs: 10 };

/** firstMs: how much longer the very first answer takes. */
async function measure(changes: Partial<Plan>, startedMs = performance.now(), firstMs = 0) {
  await using fake = await FakeServer.start(FAST, SLOW);
  fake.onRequest = () => {
    const until = performance.now() + (fake.asked.length === 1 ? firstMs : 0);
    while (performance.now() < until);
  };
  const findings: Findings = { warmUps: [], leftOut: [], blocks: [], calibrations: [], warnings: [] };
  const plan = { ...makePlan(loadtest.parse(["--quick"]) as Options), blockMs: 20, warmUpMs: 1, ...changes };
  const order: string[] = [];
  await run(
    {
      ...{ plan, server: runningServer(fake.url), targets: [FAST, SLOW].map((engine) => targetOf(engine)) },
      ...{ sets: [ownSet("eleven")], tasks: ["intent", "slots"], seed: 1, startedMs },
      calibrate: () => Promise.resolve(20),
      stop: new AbortController().signal,
      progress: (message) => order.push(message),
    },
    findings,
  );
  return { findings, fake, order };
}

test("no round is begun that would end after the budget, but the first one is", async () => {
  const { findings } = await measure({ rounds: 50, budgetMs: 1_000 }, performance.now() - 2_000);
  expect(findings.blocks.map(({ round }) => round)).toEqual([0, 0]);
  const { findings: whole } = await measure({ rounds: 3, budgetMs: 600_000 });
  expect(whole.blocks.map(({ round }) => round)).toEqual([0, 0, 1, 1, 2, 2]);
});

test("both targets are sent the same texts in the same order, another one in each round", async () => {
  const { fake } = await measure({ rounds: 2, leastAnswers: 10, blockMs: 1, warmUpMs: 0 });
  const texts = (engine: string) => fake.asked.filter((asked) => asked.engine === engine).map(({ text }) => text);
  const [fast, slow] = [texts("single-pass"), texts("generate")];
  const warmUps = 1;
  const block = 1 + 10;
  expect(fast).toHaveLength(warmUps + 2 * block);
  expect(fast).toEqual(slow);
  expect(fast.slice(warmUps, warmUps + block)).not.toEqual(fast.slice(warmUps + block));
});

test("a warm-up that was disturbed does not shorten a target's blocks for good", async () => {
  const { findings } = await measure({ rounds: 2, warmUpMs: 0, blockMs: 200, leastAnswers: 2 }, performance.now(), 150);
  const fast = findings.blocks.filter(({ target }) => target.engine === "single-pass");
  const [first, second] = fast.map(({ loop }) => loop.samples.length);
  expect(first).toBe(2); // 150 ms an answer, as it seemed
  expect(second).toBeGreaterThan(2);
});

test("the arithmetic runs before the first block and after each", async () => {
  const { findings } = await measure({ rounds: 2 });
  expect(findings.calibrations).toHaveLength(1 + 4);
});

test("load is a share of the capacity of each target, after the closed loop", async () => {
  const { findings, order } = await measure({
    rounds: 1,
    loads: [50, 100],
    loadRounds: 1,
    loadMs: 100,
    leastArrivals: 1,
  });
  const rates = new Map(
    findings.blocks.flatMap(({ target, load, loop }) => (load.kind === "closed" ? [[target.label, loop.rate]] : [])),
  );
  const open = findings.blocks.filter(({ load }) => load.kind === "open");
  expect(open).toHaveLength(4);
  for (const { target, load } of open) {
    if (load.kind === "open") expect(load.perSecond).toBeCloseTo((rates.get(target.label)! * load.percent) / 100);
  }
  expect(order.findIndex((message) => message.startsWith("load"))).toBe(2 + 2);
});
