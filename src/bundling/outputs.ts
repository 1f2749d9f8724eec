import { InferenceSession } from "onnxruntime-node";
import type { TaskName } from "../tasks/task.js";
import { BundlingError } from "./errors.js";
import type { ModelFolder } from "./folder.js";

type Outputs = Partial<Record<TaskName, string>>;

/**
 * Which output of a graph answers each of `tasks`: the one that `chosen` names, the one named after the task
 * ("intent", "intent_logits"), or the only one there is.
 * @throws BundlingError when none or several could
 */
export async function outputsOf(model: ModelFolder, tasks: readonly TaskName[], chosen: Outputs): Promise<Outputs> {
  const names = await outputNames(model);
  const found = tasks.map((task) => {
    const wanted = chosen[task] === undefined ? [task, `${task}_logits`] : [chosen[task]];
    const name = wanted.find((candidate) => names.includes(candidate));
    if (name !== undefined) return [task, name] as const;
    if (chosen[task] === undefined && names.length === 1 && tasks.length === 1) return [task, names[0]!] as const;
    throw new BundlingError(
      `${model.graph} has the outputs ${names.join(", ")}; say which one answers ${task}: --output ${task}=NAME`,
    );
  });
  return Object.fromEntries(found);
}

async function outputNames({ graph }: ModelFolder): Promise<readonly string[]> {
  const session = await InferenceSession.create(graph, { executionProviders: ["cpu"] }).catch((cause: unknown) => {
    throw new BundlingError(`${graph} can't be opened as an ONNX model: ${String(cause)}`, { cause });
  });
  try {
    return session.outputNames;
  } finally {
    await session.release();
  }
}
