import type { ModelInfo } from "../types.js";
import type { OffsetUnit } from "./segments.js";
import type { TaskName } from "../../../src/tasks/task.js";

/** One engine of one model. */
export interface Choice {
  readonly model: string;
  readonly engine: ModelInfo["engine"];
}

/** What stands in the page's fields. */
export interface Draft {
  readonly text: string;
  /** undefined: whatever the server takes by default. */
  readonly choice: Choice | undefined;
  readonly skipped: readonly TaskName[];
  readonly topK: number;
  readonly offsets: OffsetUnit;
  readonly truncate: boolean;
  readonly threshold: number | undefined;
}

export const EMPTY: Draft = {
  text: "",
  choice: undefined,
  skipped: [],
  topK: 5,
  offsets: "utf16",
  truncate: false,
  threshold: undefined,
};

/** The body of `POST /classify`, with nothing in it that the server would take anyway. */
export function classifyBody(draft: Draft, tasks: readonly TaskName[]) {
  return { ...commonBody(draft, tasks), ...draft.choice };
}

/** The body of `POST /compare`. */
export function compareBody(draft: Draft, tasks: readonly TaskName[], engines: readonly Choice[]) {
  return { ...commonBody(draft, tasks), engines };
}

/** tasks: all that may be asked for. */
function commonBody({ text, skipped, topK, offsets, truncate, threshold }: Draft, tasks: readonly TaskName[]) {
  const asked = tasks.filter((task) => !skipped.includes(task));
  return {
    text,
    ...(asked.length > 0 && asked.length < tasks.length && { tasks: asked }),
    ...(topK !== EMPTY.topK && { top_k: topK }),
    ...(offsets !== EMPTY.offsets && { offsets }),
    ...(truncate && { truncate }),
    ...(threshold !== undefined && { oos_threshold: threshold }),
  };
}

/** The default first: it is what the others are compared with. */
export function inOrder(models: readonly ModelInfo[]): ModelInfo[] {
  const rank = (model: ModelInfo) => (model.default ? 0 : model.fallback ? 1 : 2);
  return models.toSorted((a, b) => rank(a) - rank(b));
}

/** The engines that are compared unless somebody says otherwise: those that write take a thousand times as long. */
export function comparedByDefault(models: readonly ModelInfo[]): Choice[] {
  return models
    .filter(({ state, engine }) => state === "ready" && engine !== "generate" && engine !== "dual-decoder")
    .map(choiceOf);
}

export function choiceOf({ model, engine }: Choice): Choice {
  return { model, engine };
}

export function isSame(a: Choice | undefined, b: Choice | undefined): boolean {
  return a?.model === b?.model && a?.engine === b?.engine;
}
