/** The process that opens what the fuzzer wrote: one folder after the other, each told by a message and answered by a verdict. */
import { loadBundle, type Bundle } from "../../../bundle/bundle.js";
import { loadEngines } from "../../../engines/load.js";
import { OnepassError } from "../../../errors.js";
import { TASK_NAMES } from "../../../tasks/task.js";
import { prepareText } from "../../../text/prepare.js";
import type { Verdict } from "./verdict.js";

/** A load that stands still without holding the process: the server gives it up as this does. */
const LOAD_MS = 20_000;
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
    const engines = await loadEngines(bundle, { gpu: false, threads: 1, loadMs: LOAD_MS });
    try {
      return await answer(bundle, engines);
    } finally {
      for (const engine of engines) await engine[Symbol.asyncDispose]();
    }
  } catch (error) {
    return refused(error, "engine");
  }
}

async function answer(bundle: Bundle, engines: Awaited<ReturnType<typeof loadEngines>>): Promise<Verdict> {
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

function refused(error: unknown, by: "check" | "engine"): Verdict {
  if (!(error instanceof OnepassError)) return { outcome: "uncoded", message: String(error).slice(0, 500) };
  return { outcome: "refused", code: error.code, message: error.message.slice(0, 500), by };
}
