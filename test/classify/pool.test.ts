import { describe, expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { EnginePool, faultMessage } from "../../src/classify/pool.js";
import { BundleError } from "../../src/errors.js";
import { Metrics } from "../../src/metrics/metrics.js";
import { fakeBundle, FakeEngine, fakeEngines, fakePool, TASKS } from "./fakes.js";

const dual = fakeBundle("dual-encoder");
const joint = fakeBundle("joint-encoder");
const single = fakeBundle("single-pass");
const writing = fakeBundle("single-pass that writes", { name: "writing" });
const generating = fakeBundle("generate");

test("unless told, the default is the single pass and the fallback the dual encoder", async () => {
  const { pool } = await fakePool([dual, joint, single]);
  expect(pool.default?.bundle).toBe(single);
  expect(pool.fallback?.bundle).toBe(dual);
});

test("without a single pass the first bundle is the default, and it does not fall back on itself", async () => {
  const { pool } = await fakePool([dual, joint]);
  expect(pool.default?.bundle).toBe(dual);
  expect(pool.fallback).toBeUndefined();
});

test("default and fallback can be chosen, and the fallback left out", async () => {
  const { pool } = await fakePool([dual, joint, single], {
    defaultModel: "dual-encoder",
    fallbackModel: "joint-encoder",
  });
  expect([pool.default?.bundle, pool.fallback?.bundle]).toEqual([dual, joint]);
  const { pool: alone } = await fakePool([dual, single], { fallbackModel: "none" });
  expect(alone.fallback).toBeUndefined();
});

test("an engine alone stands for the bundle that knows the default's intents, whatever bundle is found first", async () => {
  const intent = { labels: ["balance", "transfer"], temperature: 1 };
  const banking = fakeBundle("joint-encoder", { name: "banking", tasks: { intent } });
  const { pool } = await fakePool([banking, joint, single]);
  expect(pool.byEngine("joint-encoder")?.bundle).toBe(joint);
  const { pool: without } = await fakePool([banking, single]);
  expect(without.byEngine("joint-encoder")?.bundle).toBe(banking);
});

test("slots are decoded with the tables of their bundle", async () => {
  const transitions = [0, 1, 2, 3].map((row) => [row, 0.5, -1]);
  const compatibility = [[0], [-1], [-2]];
  const tasks = { ...TASKS, slots: { ...TASKS.slots!, transitions, compatibility } };
  const { pool } = await fakePool([fakeBundle("single-pass", { tasks })]);
  expect(Array.from(pool.default!.tags!.transitions)).toEqual(transitions.flat());
  expect(pool.default!.tags!.penalties?.map((row) => row[1])).toEqual([0, -1, -2]);
});

test("engines are loaded one after the other: the default, the fallback, the rest", async () => {
  const loaded: string[] = [];
  let loading = 0;
  const load = async (bundle: Bundle) => {
    expect(++loading).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    loading -= 1;
    loaded.push(bundle.manifest.name);
    return fakeEngines(bundle);
  };
  await fakePool([joint, dual, single], { load });
  expect(loaded).toEqual(["single-pass", "dual-encoder", "joint-encoder"]);
});

test("a bundle that fails does not keep the others from serving", async () => {
  const load = (bundle: Bundle) =>
    bundle === single ? Promise.reject(new BundleError("x", "no memory")) : Promise.resolve(fakeEngines(bundle));
  const { pool } = await fakePool([single, dual], { load });
  expect(pool.entries.map(({ state }) => state)).toEqual(["failed", "ready"]);
  expect(pool.ready).toBe(true); // the fallback serves
});

test("a pool is ready when neither all are loaded nor the last", async () => {
  const states: boolean[] = [];
  const pool: EnginePool = new EnginePool({
    metrics: new Metrics(),
    load: (bundle) => {
      states.push(pool.ready);
      return Promise.resolve(fakeEngines(bundle));
    },
  });
  await pool.open({ bundles: [joint, dual, single], faulty: [] });
  expect(states).toEqual([false, true, true]);
});

test("a pool that is closed while it loads disposes what it has loaded and loads no more", async () => {
  const engines: FakeEngine[] = [];
  const pool = new EnginePool({
    metrics: new Metrics(),
    load: async (bundle) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const own = fakeEngines(bundle);
      engines.push(...own);
      return own;
    },
  });
  const opening = pool.open({ bundles: [writing, dual], faulty: [] });
  await pool[Symbol.asyncDispose]();
  await opening;
  expect(engines.map(({ name, disposed }) => [name, disposed])).toEqual([
    ["single-pass", 1],
    ["generate", 1],
    ["dual-decoder", 1],
  ]);
});

test("a bundle that writes is an entry an engine, its own first, and one default", async () => {
  const { pool } = await fakePool([dual, writing]);
  expect(pool.entries.map(({ model, engineName, state }) => [model, engineName, state])).toEqual([
    ["dual-encoder@1.0.0", "dual-encoder", "ready"],
    ["writing@1.0.0", "single-pass", "ready"],
    ["writing@1.0.0", "generate", "ready"],
    ["writing@1.0.0", "dual-decoder", "ready"],
  ]);
  expect(pool.entries.filter((entry) => entry === pool.default).map(({ engineName }) => engineName)).toEqual([
    "single-pass",
  ]);
});

test("a bundle is loaded once, and what it was loaded as goes to the entries by name", async () => {
  const loads: string[] = [];
  const load = (bundle: Bundle) => {
    loads.push(bundle.manifest.name);
    return Promise.resolve(fakeEngines(bundle).reverse());
  };
  const { pool } = await fakePool([writing, dual], { load });
  expect(loads).toEqual(["writing", "dual-encoder"]);
  expect(pool.entries.map(({ engine }) => engine?.name)).toEqual(pool.entries.map(({ engineName }) => engineName));
});

test("a bundle that fails has failed in all of its engines, each of which is reported", async () => {
  const reported: string[] = [];
  const { pool } = await fakePool([writing, dual], {
    load: (bundle) =>
      bundle === writing ? Promise.reject(new BundleError("x", "no memory")) : Promise.resolve(fakeEngines(bundle)),
    onChange: ({ engineName, state }) => reported.push(`${engineName} ${state}`),
  });
  expect(pool.entries.map(({ state }) => state)).toEqual(["failed", "failed", "failed", "ready"]);
  expect(pool.entries[1]).toMatchObject({ engineName: "generate", error: { code: "invalid_bundle" } });
  expect(reported).toEqual(["single-pass failed", "generate failed", "dual-decoder failed", "dual-encoder ready"]);
});

test("a bundle that was loaded without one of its engines has failed", async () => {
  const { pool } = await fakePool([writing], { load: (bundle) => Promise.resolve([new FakeEngine(bundle)]) });
  expect(pool.entries.map(({ state }) => state)).toEqual(["failed", "failed", "failed"]);
});

test("an engine is looked for in the default's bundle before all others", async () => {
  const { pool } = await fakePool([generating, writing]);
  expect(pool.default?.bundle).toBe(writing);
  expect(pool.byEngine("generate")?.bundle).toBe(writing);
  const { pool: chosen } = await fakePool([writing, generating], { defaultModel: "generate" });
  expect(chosen.byEngine("generate")?.bundle).toBe(generating);
  expect(chosen.byEngine("dual-decoder")?.bundle).toBe(writing);
  expect(chosen.byEngine("joint-encoder")).toBeUndefined();
});

test("a model means its own engine unless another is named", async () => {
  const { pool } = await fakePool([generating, writing]);
  expect(pool.byModel("writing")?.engineName).toBe("single-pass");
  expect(pool.byModel("writing", "dual-decoder")).toMatchObject({ bundle: writing, engineName: "dual-decoder" });
  expect(pool.byModel("generate", "dual-decoder")).toBeUndefined();
});

test("a name means its highest version", async () => {
  const [old, young] = [
    fakeBundle("single-pass", { version: "1.9.0" }),
    fakeBundle("single-pass", { version: "1.10.0" }),
  ];
  const { pool } = await fakePool([old, young]);
  expect(pool.byModel("single-pass")?.bundle).toBe(young);
  expect(pool.byModel("single-pass@1.9.0")?.bundle).toBe(old);
  expect(pool.byModel("single-pass@2.0.0")).toBeUndefined();
});

test("operators are told what is wrong with a bundle, but nothing of what we did not foresee", () => {
  expect(faultMessage(new BundleError("x", "no bundle.json"))).toBe("Bundle x: no bundle.json");
  expect(faultMessage(new Error("secret"))).not.toContain("secret");
});

test("a pool whose default and fallback are being started again is not ready, and is when one of them is back", async () => {
  const { pool, engine } = await fakePool([single, dual]);
  engine("single-pass").available = false;
  expect(pool.ready).toBe(true);
  engine("dual-encoder").available = false;
  expect(pool.ready).toBe(false);
  engine("single-pass").available = true;
  expect(pool.ready).toBe(true);
});

describe("a bundle that is put in", () => {
  test("has no engine missing, or the pool stays as it is", async () => {
    const { pool } = await fakePool([single, dual]);
    const before = [...pool.entries];
    expect(() => pool.put(writing, [new FakeEngine(writing)])).toThrow("without its engine");
    expect(pool.entries).toEqual(before);
    expect(pool.byModel("writing")).toBeUndefined();
  });

  test("takes the place of a default that was chosen by name and version", async () => {
    const { pool } = await fakePool([single, dual], { defaultModel: "single-pass@1.0.0", fallbackModel: "none" });
    const next = fakeBundle("single-pass", { version: "1.1.0" });
    const old = pool.put(next, fakeEngines(next), single);
    expect(old.map(({ bundle }) => bundle)).toEqual([single]);
    expect(pool.default?.bundle).toBe(next);
    expect(pool.fallback).toBeUndefined(); // none was wanted
  });

  test("clears the fault that its folder had", async () => {
    const { pool } = await fakePool([]);
    await pool.open({ bundles: [dual], faulty: [{ model: single.folder, error: new Error("broken") }] });
    pool.put(single, fakeEngines(single));
    expect(pool.faulty).toEqual([]);
    expect(pool.default?.bundle).toBe(dual); // as it was
  });
});
