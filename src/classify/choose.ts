import { sameLabels } from "../bundle/check.js";
import { didYouMean } from "../did-you-mean.js";
import type { Engine, EngineName } from "../engines/engine.js";
import { OnepassError } from "../errors.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import type { EnginePool, PoolEntry } from "./pool.js";
import type { ClassifyRequest } from "./request.js";

/** An entry that answers. */
export type ReadyEntry = PoolEntry & { readonly engine: Engine };

/** The entry that a request asks for, ready or not. @throws OnepassError when there is none */
export function chooseEntry(pool: EnginePool, { model, engine }: Pick<ClassifyRequest, "model" | "engine">): PoolEntry {
  if (model !== undefined) return chooseModel(pool, model, engine);
  if (!pool.opened && pool.entries.length === 0) throw notReady("The models are still being looked for.");
  const entry = engine === undefined ? (pool.default ?? pool.fallback) : pool.byEngine(engine);
  if (entry) return entry;
  if (engine === undefined) throw notReady("No model is loaded.");
  throw new OnepassError("engine_not_in_model", 400, `No model here has the engine "${engine}".`, {
    field: "engine",
    details: { engines: [...new Set(pool.entries.map(({ engineName }) => engineName))] },
  });
}

function chooseModel(pool: EnginePool, model: string, engine: EngineName | undefined): PoolEntry {
  const entry = pool.byModel(model);
  if (!entry) {
    if (!pool.opened && pool.entries.length === 0) throw notReady("The models are still being looked for.");
    const models = [...new Set(pool.entries.map(({ model }) => model))];
    const bare = pool.entries.map(({ bundle }) => bundle.manifest.name);
    const message = `There is no such model; there are ${models.join(", ")}.${didYouMean(model, [...bare, ...models])}`;
    throw new OnepassError("unknown_model", 400, message, { field: "model", details: { models } });
  }
  const chosen = pool.byModel(model, engine);
  if (chosen) return chosen;
  const engines = pool.entries.filter(({ bundle }) => bundle === entry.bundle).map(({ engineName }) => engineName);
  const message = `The model ${entry.model} has the engine ${engines.map((name) => `"${name}"`).join(", ")}, not "${engine}".`;
  throw new OnepassError("engine_not_in_model", 400, message, { field: "engine", details: { engines } });
}

/** The tasks to answer: those asked for, or all of the model's. @throws OnepassError */
export function chooseTasks(
  { model, bundle }: PoolEntry,
  { tasks, oos_threshold }: Pick<ClassifyRequest, "tasks" | "oos_threshold">,
): TaskName[] {
  const served = TASK_NAMES.filter((task) => bundle.manifest.tasks[task]);
  for (const [i, task] of (tasks ?? []).entries()) {
    const field = `tasks[${i}]`;
    if (tasks?.indexOf(task) !== i) {
      throw new OnepassError("invalid_request", 400, `The task "${task}" is asked for twice.`, { field });
    }
    if (!served.includes(task)) {
      const message = `The model ${model} does not answer "${task}".`;
      throw new OnepassError("task_not_in_model", 400, message, { field, details: { tasks: served } });
    }
  }
  const asked = served.filter((task) => tasks?.includes(task) ?? true);
  if (oos_threshold !== undefined && !asked.includes("intent")) {
    const message = '"oos_threshold" judges the intent, which is not among the tasks.';
    throw new OnepassError("invalid_request", 400, message, { field: "oos_threshold" });
  }
  return asked;
}

/** The fallback, ready or not, when its answer to the tasks means the same: the same labels. */
export function chooseFallback(pool: EnginePool, asked: PoolEntry, tasks: readonly TaskName[]): PoolEntry | undefined {
  const { fallback } = pool;
  if (!fallback || fallback.bundle === asked.bundle) return undefined;
  if (tasks.includes("intent") && rejectOf(asked) !== rejectOf(fallback)) return undefined;
  const { tasks: own } = asked.bundle.manifest;
  const { tasks: others } = fallback.bundle.manifest;
  return tasks.every((task) => sameLabels(own, others, task)) ? fallback : undefined;
}

export function isReady(entry: PoolEntry): entry is ReadyEntry {
  return entry.engine !== undefined;
}

export function notReady(message: string): OnepassError {
  return new OnepassError("not_ready", 503, `${message} GET /readyz tells when.`);
}

function rejectOf({ bundle }: PoolEntry): string | undefined {
  return bundle.manifest.tasks.intent?.reject;
}
