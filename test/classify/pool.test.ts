import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { EnginePool, faultMessage } from "../../src/classify/pool.js";
import { BundleError } from "../../src/errors.js";
import { Metrics } from "../../src/metrics.js";
import { fakeBundle, FakeEngine, fakePool } from "./fakes.js";

const dual = fakeBundle("dual-encoder");
const joint = fakeBundle("joint-encoder");
const single = fakeBundle("single-pass");

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

test("engines are loaded one after the other: the default, the fallback, the rest", async () => {
  const loaded: string[] = [];
  let loading = 0;
  const load = async (bundle: Bundle) => {
    expect(++loading).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    loading -= 1;
    loaded.push(bundle.manifest.name);
    return new FakeEngine(bundle);
  };
  await fakePool([joint, dual, single], { load });
  expect(loaded).toEqual(["single-pass", "dual-encoder", "joint-encoder"]);
});

test("a bundle that fails does not keep the others from serving", async () => {
  const load = (bundle: Bundle) =>
    bundle === single ? Promise.reject(new BundleError("x", "no memory")) : Promise.resolve(new FakeEngine(bundle));
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
      return Promise.resolve(new FakeEngine(bundle));
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
      const engine = new FakeEngine(bundle);
      engines.push(engine);
      return engine;
    },
  });
  const opening = pool.open({ bundles: [single, dual], faulty: [] });
  await pool[Symbol.asyncDispose]();
  await opening;
  expect(engines.map(({ disposed }) => disposed)).toEqual([1]);
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
