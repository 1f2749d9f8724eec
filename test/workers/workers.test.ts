import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engines/engine.js";
import { loadBundle } from "../../src/bundle/bundle.js";
import { BundleError, EngineError, TextTooLongError } from "../../src/errors.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { prepareText } from "../../src/text/prepare.js";
import { openWorkers, type WorkerOptions } from "../../src/workers/engine.js";
import type { WorkerState } from "../../src/workers/group.js";
import { fakeBundle } from "../classify/fakes.js";

const bundle = fakeBundle("single-pass");
const WORKER = import.meta.resolve("../../src/workers/worker.js");
const NO_HEALTH = { silentMs: 0, hangMs: 0, memoryBytes: 0 };
const open: Engine[] = [];
const restarts: string[] = [];
let states: () => readonly WorkerState[] = () => [];
const folder = mkdtempSync(join(tmpdir(), "workers-"));

afterEach(async () => {
  for (const engine of open.splice(0)) await engine[Symbol.asyncDispose]();
  restarts.length = 0;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The fake engine in real processes. Health: silent after 1.5 s, hung after 3 s. */
async function opened(options: Partial<WorkerOptions> = {}, of = bundle): Promise<Engine> {
  const engines = await openWorkers(of, {
    module: import.meta.resolve("./fake-worker.js"),
    workers: 1,
    engines: { threads: 1, gpu: false },
    health: { silentMs: 1_500, hangMs: 3_000, memoryBytes: 0 },
    patienceMs: 60_000, // on a machine that does other things, too
    onRestart: (_engine, reason) => restarts.push(reason),
    watch: (_engine, look) => {
      states = look;
      return { [Symbol.dispose]: () => (states = () => []) };
    },
    ...options,
  });
  open.push(...engines);
  return engines[0]!;
}

/** Asks about a text; the process that has answered. */
async function ask(engine: Engine, text: string, signal = new AbortController().signal): Promise<number> {
  const prepared = prepareText(text, bundle.manifest.text);
  const [answer] = await engine.score(
    [{ text: prepared, truncate: false, field: "text" }],
    ["intent", "slots"],
    signal,
  );
  expect(answer).toMatchObject({ intent: expect.any(Float32Array), slots: expect.any(Array) });
  return answer!.cachedTokens;
}

const up = () =>
  vi.waitFor(
    () => {
      expect(states().every((state) => state.up)).toBe(true);
    },
    { timeout: 20_000 },
  );

test("a model answers from another process as it would in this one", async () => {
  const engine = await opened();
  expect([engine.name, engine.runtime, engine.available]).toEqual(["single-pass", "onnxruntime", true]);
  const pid = await ask(engine, "wake me at nine am");
  expect(pid).not.toBe(process.pid);
  expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain("onepass worker single-pass@1.0.0");
  const prepared = prepareText("nine", bundle.manifest.text);
  const [scores] = await engine.score(
    [{ text: prepared, truncate: false, field: "text" }],
    ["slots"],
    new AbortController().signal,
  );
  expect(scores).toMatchObject({ slots: [Float32Array.of(0, 9, 0)], promptTokens: 4, inferenceMs: 2 });
  expect(scores!.queueMs).toBeGreaterThan(1); // the way there and back is waiting
});

test("a text that is too long is refused as in this process, with its numbers", async () => {
  const engine = await opened();
  const error = await ask(engine, "a b c d e f g h i").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TextTooLongError);
  expect(error).toMatchObject({ status: 413, field: "text", details: { tokens: 9, limit: 8 } });
});

test("a bundle that can't be opened is refused with the reason, and no process is left", async () => {
  const unfit = { ...bundle, manifest: { ...bundle.manifest, description: "can't be opened" } };
  await expect(opened({}, unfit)).rejects.toThrow("no such device");
  await expect(opened({ module: WORKER })).rejects.toBeInstanceOf(BundleError);
});

test("requests go to the worker that has the fewest", async () => {
  const engine = await opened({ workers: 2 });
  const pids = await Promise.all([ask(engine, "slow"), ask(engine, "slow"), ask(engine, "slow"), ask(engine, "slow")]);
  expect(new Set(pids).size).toBe(2);
  expect(pids.filter((pid) => pid === pids[0])).toHaveLength(2);
});

describe("what was under way on a worker that is killed", () => {
  test("is answered by another one at once", async () => {
    const engine = await opened({ workers: 2 });
    const file = join(mkdtempSync(join(folder, "-")), "killed");
    const pid = await ask(engine, `kill once ${file}`);
    expect(pid).toBeGreaterThan(0);
    await up();
    expect(restarts).toEqual(["crashed"]);
  });

  test("is answered by the one that takes its place, with all that shared it", async () => {
    const engine = await opened();
    const before = await ask(engine, "hello");
    const file = join(mkdtempSync(join(folder, "-")), "killed");
    const pids = await Promise.all([ask(engine, "slow"), ask(engine, `kill once ${file}`), ask(engine, "slow")]);
    expect(new Set(pids).size).toBe(1);
    expect(pids[0]).not.toBe(before);
    expect(engine.available).toBe(true);
  });

  test("fails with an engine error when it ends a second worker, which is replaced, too", async () => {
    const engine = await opened();
    await expect(ask(engine, "kill")).rejects.toBeInstanceOf(EngineError);
    expect(await ask(engine, "hello")).toBeGreaterThan(0);
    expect(restarts).toEqual(["crashed", "crashed"]);
  });

  test("is not asked again when nobody waits for it any more", async () => {
    const engine = await opened();
    const caller = new AbortController();
    const asked = ask(engine, "stuck", caller.signal);
    caller.abort(new Error("gone"));
    await expect(asked).rejects.toThrow("gone");
    await vi.waitFor(
      () => {
        expect(restarts).toEqual(["hung"]);
      },
      { timeout: 10_000 },
    );
  });
});

test.each([
  ["silent", "stop"],
  ["hung", "hang"],
  ["hung", "stuck"],
])(
  "a worker that is %s is killed and replaced: %s",
  async (reason, text) => {
    const engine = await opened();
    const before = await ask(engine, "hello");
    await vi.waitFor(() => {
      expect(states()[0]?.rssBytes).toBeGreaterThan(0);
    }, 20_000); // its heart beats
    await expect(ask(engine, text)).rejects.toBeInstanceOf(EngineError); // it ends the second one, too
    expect(await ask(engine, "hello")).not.toBe(before);
    expect(restarts).toHaveLength(2);
    expect(restarts[0]).toBe(reason);
  },
  120_000,
);

test("a worker above its ceiling is replaced while it still answers", async () => {
  const engine = await opened({ health: { silentMs: 5_000, hangMs: 5_000, memoryBytes: 250 * 2 ** 20 } });
  const before = await ask(engine, "leak");
  const busy = ask(engine, "slow");
  await vi.waitFor(
    () => {
      expect(restarts).toEqual(["memory"]);
    },
    { timeout: 20_000, interval: 5 },
  );
  expect(engine.available).toBe(true);
  expect(await ask(engine, "hello")).not.toBe(before);
  expect(await busy).toBe(before);
});

test("a worker whose engine only fails is replaced", async () => {
  const engine = await opened();
  const before = await ask(engine, "hello");
  for (let i = 0; i < 5; i++) await expect(ask(engine, "fail")).rejects.toBeInstanceOf(EngineError);
  await vi.waitFor(
    () => {
      expect(restarts).toEqual(["failing"]);
    },
    { timeout: 20_000 },
  );
  expect(await ask(engine, "hello")).not.toBe(before);
});

test("closing finishes what runs and leaves no process", async () => {
  const engine = await opened({ workers: 2 });
  const pids = await Promise.all([ask(engine, "hello"), ask(engine, "slow")]);
  const running = ask(engine, "slow");
  await engine[Symbol.asyncDispose]();
  expect(await running).toBeGreaterThan(0);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  await expect(ask(engine, "hello")).rejects.toBeInstanceOf(EngineError);
  expect(states()).toEqual([]);
});

test("engines of a bundle share a worker, which closes with the last of them", async () => {
  const writing = fakeBundle("single-pass that writes", { name: "writing" });
  const engine = await opened({}, writing);
  expect(open.map(({ name }) => name)).toEqual(["single-pass", "generate", "dual-decoder"]);
  const pid = await ask(engine, "hello");
  await engine[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  expect(() => process.kill(pid, 0)).not.toThrow();
  for (const other of open) await other[Symbol.asyncDispose]();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a worker that comes back does not serve what has come into its folder meanwhile", async () => {
  const copy = join(mkdtempSync(join(folder, "-")), "copy");
  cpSync(join(PACKAGE_ROOT, "models/onepass-clinc-en"), copy, { recursive: true });
  const manifest = readFileSync(join(copy, "bundle.json"), "utf8");
  const engine = await opened({ module: WORKER, health: NO_HEALTH }, await loadBundle(copy));
  const score = () =>
    engine.score([{ text, truncate: false, field: "text" }], ["intent"], new AbortController().signal);
  const text = prepareText("book a table", engine.bundle.manifest.text);
  const [before] = await score();

  writeFileSync(join(copy, "bundle.json"), manifest.replace(/"version": "[^"]+"/, '"version": "9.9.9"'));
  process.kill(states()[0]!.pid!, "SIGKILL");
  await vi.waitFor(
    () => {
      expect(restarts.slice(0, 2)).toEqual(["crashed", "unstartable"]);
    },
    { timeout: 30_000 },
  );
  expect(engine.available).toBe(false);
  writeFileSync(join(copy, "bundle.json"), manifest);
  expect((await score())[0]?.promptTokens).toBe(before?.promptTokens);
}, 90_000);
