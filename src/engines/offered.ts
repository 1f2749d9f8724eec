import { TASK_NAMES } from "../tasks/task.js";
import type { GeneratorModel, Manifest } from "../bundle/manifest.js";
import type { EngineName } from "./engine.js";

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
