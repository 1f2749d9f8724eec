import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engines/engine.js";
import { prepareText } from "../../src/text/prepare.js";
import { openWorkers } from "../../src/workers/engine.js";
import { WorkerProcess } from "../../src/workers/process.js";
import { Spare } from "../../src/workers/spare.js";
import { fakeBundle } from "../classify/fakes.js";

const FAKE = import.meta.resolve("./fake-worker.js");
const PATIENCE = { timeout: 30_000 };
const folder = mkdtempSync(join(tmpdir(), "spare-"));
const started: WorkerProcess[] = [];
const open: Engine[] = [];
let spare: Spare;

beforeEach(() => {
  spare = new Spare(() => {
    const worker = new WorkerProcess(FAKE);
    started.push(worker);
    return worker;
  }, 1_500);
});

afterEach(async () => {
  spare[Symbol.dispose]();
  for (const engine of open.splice(0)) await engine[Symbol.asyncDispose]();
  await Promise.all(started.splice(0).map(({ gone }) => gone)); // or the test times out
}, 30_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function opened(bundle = fakeBundle("single-pass")): Promise<Engine> {
  const engines = await openWorkers(bundle, {
    module: FAKE,
    workers: 1,
    engines: { threads: 1, gpu: false },
    health: { silentMs: 1_500, hangMs: 0, memoryBytes: 0 },
    patienceMs: 60_000,
    onRestart: () => undefined,
    spare,
  });
  open.push(...engines);
  return engines[0]!;
}

/** The process that has answered. */
async function ask(engine: Engine, text: string): Promise<number> {
  const prepared = prepareText(text, engine.bundle.manifest.text);
  const request = { text: prepared, truncate: false, field: "text" };
  const [answer] = await engine.score([request], ["intent"], new AbortController().signal);
  return answer!.cachedTokens;
}

const killOnce = () => `kill once ${join(mkdtempSync(join(folder, "-")), "killed")}`;
const alive = (pid: number) => existsSync(`/proc/${pid}`);
const waiting = () => vi.waitUntil(() => spare.waits && started.at(-1)!.vitals.rssBytes > 0, PATIENCE);

test("none is started before a decoder's worker was, and none for encoders", async () => {
  await opened(fakeBundle("dual-encoder"));
  expect([started.length, spare.waits]).toEqual([0, false]);
});

test("a worker that ends has the one that waits in its place, and another waits", async () => {
  const engine = await opened();
  await waiting();
  expect(started).toHaveLength(2);
  expect(await ask(engine, killOnce())).toBe(started[1]!.pid);
  await waiting();
  expect(started).toHaveLength(3);
});

test("one that stands still while it waits is replaced, and not given out before that", async () => {
  const engine = await opened();
  await waiting();
  const { pid } = started[1]!;
  process.kill(pid!, "SIGSTOP");
  await vi.waitUntil(() => started.length > 2, PATIENCE);
  await waiting();
  expect(alive(pid!)).toBe(false);
  expect(await ask(engine, killOnce())).toBe(started[2]!.pid);
});

test("closing it leaves no process, and it begins none afterwards", async () => {
  const engine = await opened();
  await waiting();
  spare[Symbol.dispose]();
  await started[1]!.gone;
  await ask(engine, "hello");
  expect([started.length, spare.waits]).toEqual([2, false]);
});
