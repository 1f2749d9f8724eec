import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { EnginePool, faultMessage } from "../../src/classify/pool.js";
import { ModelManager } from "../../src/lifecycle/manager.js";
import { Metrics } from "../../src/metrics/metrics.js";
import { prepareText } from "../../src/text/prepare.js";
import { openWorkers } from "../../src/workers/engine.js";
import { fakeBundle } from "../classify/fakes.js";

const load = (bundle: Bundle) =>
  openWorkers(bundle, {
    module: import.meta.resolve("./fake-worker.js"),
    workers: 1,
    engines: { threads: 1, gpu: false },
    health: { silentMs: 0, hangMs: 0, memoryBytes: 0 },
    onRestart: () => undefined,
  });

const sound = fakeBundle("dual-encoder");
const single = fakeBundle("single-pass");
const fatal = { ...single, manifest: { ...single.manifest, description: "aborts" } };

test("a bundle whose load ends its process is refused with a code, at the start and later, and the others serve on", async () => {
  await using pool = new EnginePool({ load, metrics: new Metrics() });
  await pool.open({ bundles: [fatal, sound], faulty: [] });
  const [refused, served] = [pool.byModel("single-pass")!, pool.byModel("dual-encoder")!];
  expect([refused.state, faultMessage(refused.error)]).toEqual([
    "failed",
    "The engine could not be loaded; the log says why.",
  ]);
  expect(refused.error).toMatchObject({ message: "SIGABRT" });

  await using manager = new ModelManager({
    pool,
    load,
    find: () => Promise.resolve({ bundles: [fatal, sound], faulty: [] }),
    memory: () => Promise.resolve({ needed: 1, available: 2 }),
  });
  await expect(manager.load("single-pass")).rejects.toMatchObject({
    code: "model_refused",
    details: { reason: "not_loadable" },
    cause: { message: "SIGABRT" },
  });
  const text = prepareText("nine", sound.manifest.text);
  const scores = await served.engine!.score(
    [{ text, truncate: false, field: "text" }],
    ["intent"],
    AbortSignal.any([]),
  );
  expect(scores).toHaveLength(1);
}, 60_000);
