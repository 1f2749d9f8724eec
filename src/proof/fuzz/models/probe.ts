/**
 * Opens what the fuzzer wrote as a server does, the model in a worker: one folder after the other, each told by a message and
 * answered by a verdict. A worker may end; this process, which stands for the server, must not.
 */
import { bundleId, loadBundle, type Bundle } from "../../../bundle/bundle.js";
import type { Engine } from "../../../engines/engine.js";
import { BundleError, OnepassError } from "../../../errors.js";
import { refusalOf } from "../../../lifecycle/refusal.js";
import { TASK_NAMES } from "../../../tasks/task.js";
import { prepareText } from "../../../text/prepare.js";
import { openWorkers } from "../../../workers/engine.js";
import type { RefusedBy, Verdict } from "./verdict.js";

/** A load that stands still without holding the process: the server gives it up as this does. */
const LOAD_MS = 20_000;
const WORKER = import.meta.resolve("../../../workers/worker.js");
const HEALTH = { silentMs: 10_000, hangMs: LOAD_MS, memoryBytes: 0 };
const TEXT = "wake me up at nine am on friday";

process.on("message", (folder: string) => {
  void tryBundle(folder).then((verdict) => process.send?.(verdict));
});

async function tryBundle(folder: string): Promise<Verdict> {
  let bundle: Bundle;
  try {
    bundle = await loadBundle(folder);
  } catch (error) {
    return refused(error, "check");
  }
  try {
    const engines = await openWorkers(bundle, {
      module: WORKER,
      workers: 1,
      engines: { gpu: false, threads: 1, loadMs: LOAD_MS },
      health: HEALTH,
      onRestart: () => undefined,
    });
    try {
      return await answer(bundle, engines);
    } finally {
      for (const engine of engines) await engine[Symbol.asyncDispose]();
    }
  } catch (error) {
    if (error instanceof BundleError) return refused(error, "engine");
    return refused(refusalOf(bundleId(bundle), error), "end");
  }
}

async function answer(bundle: Bundle, engines: readonly Engine[]): Promise<Verdict> {
  const tasks = TASK_NAMES.filter((task) => bundle.manifest.tasks[task]);
  const text = prepareText(TEXT, bundle.manifest.text);
  for (const engine of engines) {
    try {
      await engine.score([{ text, truncate: true, field: "text" }], tasks, new AbortController().signal);
    } catch (error) {
      return error instanceof OnepassError
        ? { outcome: "loaded", code: error.code }
        : { outcome: "uncoded", message: `the answer: ${String(error)}` };
    }
  }
  return { outcome: "loaded" };
}

function refused(error: unknown, by: RefusedBy): Verdict {
  if (!(error instanceof OnepassError)) return { outcome: "uncoded", message: String(error).slice(0, 500) };
  return { outcome: "refused", code: error.code, message: error.message.slice(0, 500), by };
}
