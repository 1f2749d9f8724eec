import { TASK_NAMES } from "../tasks/task.js";
import type { GeneratorModel, Manifest } from "../bundle/manifest.js";
import type { Bundle } from "../bundle/bundle.js";
import type { EngineName } from "./engine.js";
import type { EngineOptions } from "./load.js";

/** One prompt of a generating engine: which file it is put to, for which tasks. */
export type WriterSpec = GeneratorModel["decoders"][number];

/** The engines that a bundle serves, its own first. */
export function enginesOf(model: Manifest["model"]): EngineName[] {
  return model.engine === "single-pass" && model.writes ? ["single-pass", "generate", "dual-decoder"] : [model.engine];
}

/** The prompts that `engine` puts to a bundle's decoders. */
export function writersOf({ model, tasks }: Pick<Manifest, "model" | "tasks">, engine: EngineName): WriterSpec[] {
  if ("decoders" in model) return model.decoders;
  if (model.engine !== "single-pass") return [];
  const { file, bos, read_outs } = model;
  const prompt = { kind: "read-outs" as const, bos, read_outs };
  const values = "of-text" as const;
  const served = TASK_NAMES.filter((task) => tasks[task]);
  return engine === "generate"
    ? [{ file, tasks: served, prompt, values }]
    : served.map((task) => ({ file, tasks: [task], prompt, values }));
}

/** The files that engines of a bundle open. */
export function filesOf(manifest: Manifest, engines: readonly EngineName[]): string[] {
  const { engine: own } = manifest.model;
  if (engines.includes(own)) return Object.keys(manifest.files);
  return engines.flatMap((engine) => writersOf(manifest, engine).map(({ file }) => file));
}

/**
 * A bundle's engines, those that share what is loaded together: a single pass on a graph has nothing of the weights that
 * write, and need neither wait for them nor fall with them.
 */
export function sharingEngines(
  { manifest: { model } }: Bundle,
  options: Pick<EngineOptions, "engines" | "runtime" | "gpu">,
): EngineName[][] {
  const names = enginesOf(model).filter((name) => options.engines?.includes(name) ?? true);
  const [own, ...writers] = names;
  if (own !== "single-pass" || writers.length === 0 || !runsAsGraph(model, options)) return [names];
  return [[own], writers];
}

/** Whether it is known before anything is opened: with a GPU to look for, llama.cpp looks. */
export function runsAsGraph(
  model: Manifest["model"],
  { runtime = "auto", gpu }: Pick<EngineOptions, "runtime" | "gpu">,
): boolean {
  if (model.engine !== "single-pass" || !model.onnx) return false;
  return runtime === "onnx" || (runtime === "auto" && gpu === false);
}
