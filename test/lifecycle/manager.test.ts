import { describe, expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import type { Discovery } from "../../src/bundle/discover.js";
import { BundleError, type OnepassError } from "../../src/errors.js";
import { ModelManager, type Change, type ManagerOptions } from "../../src/lifecycle/manager.js";
import { ScheduledEngine } from "../../src/scheduling/scheduled.js";
import { prepareText } from "../../src/text/prepare.js";
import { fakeBundle, FakeEngine, fakePool, TASKS } from "../classify/fakes.js";

const dual = fakeBundle("dual-encoder");
const single = fakeBundle("single-pass");
const newer = fakeBundle("single-pass", { version: "2.0.0" });
const OTHER_LABELS = { ...TASKS, intent: { labels: ["alarm_set", "joke", "sing"], temperature: 1 } };
/** Says that it answers "nine am" with the first intent: as the fake engine does, within `tolerance`. */
const golden = (bundle: Bundle, first: number): Bundle => {
  const logits = { intent: [first, Math.log(3), 0] };
  const one = { text: "nine am", tasks: ["intent" as const], ids: [], word_positions: [], words: [], logits };
  return { ...bundle, manifest: { ...bundle.manifest, golden: { tolerance: 0.1, cases: [one] } } };
};

/** A manager over a pool of fake engines, with `disk` as what it finds. */
async function managed(
  disk: readonly Bundle[],
  options: Partial<ManagerOptions> = {},
  faulty: Discovery["faulty"] = [],
) {
  const { pool, metrics } = await fakePool([single, dual]);
  const loaded: FakeEngine[] = [];
  const heard: (Change | OnepassError)[] = [];
  const manager = new ModelManager({
    pool,
    find: () => Promise.resolve({ bundles: disk, faulty }),
    load: (bundle) => {
      const engine = new FakeEngine(bundle);
      loaded.push(engine);
      return Promise.resolve([new ScheduledEngine(engine, { maxRequests: 100, maxTokens: 10_000 })]);
    },
    memory: () => Promise.resolve({ needed: 1, available: 2 }),
    onChange: (_action, outcome) => heard.push(outcome),
    ...options,
  });
  return { pool, metrics, manager, loaded, heard };
}

const copy = (bundle: Bundle): Bundle => ({ ...bundle });
const refusal = (reason: string) => ({ code: "model_refused", status: 409, details: { reason } });

describe("load", () => {
  test("puts a model in the place of the one with its name and version, whose engine is closed", async () => {
    const again = copy(single);
    const { pool, manager, heard } = await managed([again]);
    const old = pool.default!.engine as FakeEngine;
    await expect(manager.load("single-pass")).resolves.toMatchObject({
      model: "single-pass@1.0.0",
      replaced: "single-pass@1.0.0",
      default: "single-pass@1.0.0",
    });
    await manager[Symbol.asyncDispose]();
    expect(pool.default?.bundle).toBe(again);
    expect(pool.entries.map(({ model }) => model)).toEqual(["single-pass@1.0.0", "dual-encoder@1.0.0"]);
    expect(old.disposed).toBe(1);
    expect(heard).toMatchObject([{ model: "single-pass@1.0.0" }]);
  });

  test("a new version from the same folder takes over, also as the default", async () => {
    const { pool, manager } = await managed([{ ...newer, folder: single.folder }]);
    await manager.load("single-pass");
    expect(pool.entries.map(({ model }) => model)).toEqual(["single-pass@2.0.0", "dual-encoder@1.0.0"]);
    expect(pool.default?.model).toBe("single-pass@2.0.0");
  });

  test("a new version from another folder is served beside the old one, which stays the default until told otherwise", async () => {
    const { pool, manager } = await managed([{ ...newer, folder: "elsewhere" }]);
    await manager.load("single-pass@2.0.0");
    expect(pool.byModel("single-pass")?.model).toBe("single-pass@2.0.0");
    expect(pool.default?.model).toBe("single-pass@1.0.0");
    await manager.activate("single-pass@2.0.0");
    expect(pool.default?.model).toBe("single-pass@2.0.0");
    await manager.unload("single-pass@1.0.0");
    expect(pool.byModel("single-pass@1.0.0")).toBeUndefined();
  });

  test("a model that comes first in the alphabet does not become the default or the fallback by itself", async () => {
    const { pool, manager } = await managed([
      fakeBundle("single-pass", { name: "aaa" }),
      fakeBundle("dual-encoder", { name: "aab" }),
    ]);
    await manager.refresh();
    expect([pool.default?.bundle, pool.fallback?.bundle]).toEqual([single, dual]);
    expect(pool.entries).toHaveLength(4);
  });

  test("what runs on the old engine is answered by it before it is closed", async () => {
    const { pool, manager, loaded } = await managed([copy(single), copy(single)]);
    await manager.load("single-pass");
    let release: () => void = () => undefined;
    loaded[0]!.before = () => new Promise((resolve) => (release = resolve));
    const request = { text: prepareText("nine", single.manifest.text), truncate: false, field: "text" };
    const running = pool.default!.engine!.score([request], ["intent"], new AbortController().signal);
    await manager.load("single-pass");
    expect(loaded[0]!.disposed).toBe(0);
    release();
    expect(await running).toHaveLength(1);
    await manager[Symbol.asyncDispose]();
    expect(loaded.map(({ disposed }) => disposed)).toEqual([1, 0]);
  });

  test("changes are made one after the other", async () => {
    let loading = 0;
    const { manager } = await managed([single, dual], {
      load: async (bundle) => {
        expect(++loading).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        loading -= 1;
        return [new FakeEngine(bundle)];
      },
    });
    await Promise.all([manager.load("single-pass"), manager.load("dual-encoder"), manager.load("single-pass")]);
  });
});

describe("a load is refused, and the old model goes on, when", () => {
  const faulty = [{ model: "single-pass", error: new BundleError("single-pass@1.0.0", "model.gguf is not the file") }];
  const cases: [string, string, readonly Bundle[], Partial<ManagerOptions>, Discovery["faulty"]][] = [
    ["a hash is wrong", "invalid_bundle", [], {}, faulty],
    ["labels have changed", "schema_changed", [fakeBundle("single-pass", { tasks: OTHER_LABELS })], {}, []],
    ["a task is missing", "schema_changed", [fakeBundle("single-pass", { tasks: { intent: TASKS.intent! } })], {}, []],
    [
      "there is too little memory",
      "insufficient_memory",
      [single],
      { memory: () => Promise.resolve({ needed: 2 ** 31, available: 2 ** 30 }) },
      [],
    ],
    ["it can't be opened", "not_loadable", [single], { load: () => Promise.reject(new Error("no device")) }, []],
    [
      "native code finds a fault in it",
      "invalid_bundle",
      [single],
      { load: () => Promise.reject(new BundleError("single-pass@1.0.0", "has no output")) },
      [],
    ],
    ["it answers otherwise than its golden vectors", "golden_mismatch", [golden(single, 9)], {}, []],
  ];
  test.each(cases)("%s", async (_case, reason, disk, options, faulty) => {
    const { pool, manager, loaded, heard } = await managed(disk, options, faulty);
    const before = [...pool.entries];
    await expect(manager.load("single-pass")).rejects.toMatchObject(refusal(reason));
    expect(pool.entries).toEqual(before);
    await manager[Symbol.asyncDispose]();
    expect(loaded.every(({ disposed }) => disposed === 1)).toBe(true);
    expect(heard).toMatchObject([refusal(reason)]);
  });

  test("the disk has no such model", async () => {
    const { manager } = await managed([dual]);
    await expect(manager.load("single-pass")).rejects.toMatchObject({ code: "unknown_model", status: 404 });
  });
});

test("a schema may change when callers are said to know", async () => {
  const { pool, manager } = await managed([fakeBundle("single-pass", { tasks: OTHER_LABELS })]);
  await manager.load("single-pass", { allowSchemaChange: true });
  expect(pool.default?.bundle.manifest.tasks.intent?.labels).toContain("sing");
});

test("a refusal for the schema names the labels that differ", async () => {
  const { manager } = await managed([fakeBundle("single-pass", { tasks: OTHER_LABELS })]);
  await expect(manager.load("single-pass")).rejects.toMatchObject({
    details: { tasks: [{ task: "intent", added: ["sing"], removed: ["play_music"] }] },
  });
});

test("a model that answers as its golden vectors is let in", async () => {
  const { manager } = await managed([golden(single, Math.log(6) + 0.05)]);
  await expect(manager.load("single-pass")).resolves.toMatchObject({ model: "single-pass@1.0.0" });
});

test("the default can't be unloaded or replaced by a model with other labels", async () => {
  const banking = fakeBundle("single-pass", { name: "banking", tasks: OTHER_LABELS });
  const { pool, manager } = await managed([banking]);
  await expect(manager.unload("single-pass")).rejects.toMatchObject(refusal("in_use"));
  await manager.load("banking");
  await expect(manager.activate("banking")).rejects.toMatchObject(refusal("schema_changed"));
  await manager.activate("banking", { allowSchemaChange: true });
  expect(pool.default?.bundle).toBe(banking);
});

test("an unloaded model is told to be gone when what runs on it has ended, and one that is loaded again is not", async () => {
  const gone: string[] = [];
  const onGone = (model: string) => gone.push(model);
  const { pool, manager } = await managed([copy(single), { ...newer, folder: single.folder }], { onGone });
  let release: () => void = () => undefined;
  const engine = pool.fallback!.engine as FakeEngine;
  engine[Symbol.asyncDispose] = () => new Promise((resolve) => (release = resolve));
  await manager.unload("dual-encoder");
  await manager.load("single-pass@1.0.0");
  expect(gone).toEqual([]);
  release();
  await manager.load("single-pass@2.0.0");
  await manager[Symbol.asyncDispose]();
  expect(gone).toEqual(["dual-encoder@1.0.0", "single-pass@1.0.0"]);
});

test("an unloaded model is gone from metrics, its engine closed, and another may become the fallback", async () => {
  const { pool, metrics, manager } = await managed([]);
  const engine = pool.fallback!.engine as FakeEngine;
  await manager.unload("dual-encoder");
  await manager[Symbol.asyncDispose]();
  expect(engine.disposed).toBe(1);
  expect(pool.fallback).toBeUndefined();
  expect(await metrics.registry.metrics()).not.toContain('onepass_engine_ready{model="dual-encoder@1.0.0"');
  await expect(manager.unload("dual-encoder")).rejects.toMatchObject({ code: "unknown_model" });
});

test("a refresh loads what is new or has changed, keeps what is gone, and tells of what is faulty", async () => {
  const changed = { ...newer, folder: single.folder };
  const error = new BundleError("broken", "bundle.json is no JSON");
  const { pool, manager, loaded, heard } = await managed([changed], {}, [{ model: "broken", error }]);
  const outcomes = await manager.refresh();
  expect(outcomes).toMatchObject([refusal("invalid_bundle"), { model: "single-pass@2.0.0" }]);
  expect(pool.entries.map(({ model }) => model)).toEqual(["single-pass@2.0.0", "dual-encoder@1.0.0"]);
  await manager.refresh();
  expect(loaded).toHaveLength(1); // nothing has changed since
  expect(heard).toHaveLength(3);
});
