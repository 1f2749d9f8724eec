import { bundleId, type Bundle } from "../bundle/bundle.js";
import { labelsOf, sameLabels } from "../bundle/check.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { ModelRefused } from "./refusal.js";

interface ChangedTask {
  readonly task: TaskName;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const SHOWN_LABELS = 20;

/**
 * Callers have learnt the labels of `present`: whoever takes its place must answer every one of its tasks with the same. More
 * tasks are welcome. @throws ModelRefused that names what differs
 */
export function assertSameSchema(present: Bundle, next: Bundle): void {
  const changed = TASK_NAMES.filter((task) => present.manifest.tasks[task]).flatMap((task) =>
    changesOf(present, next, task),
  );
  if (changed.length === 0) return;
  const tasks = changed.map(({ task }) => task).join(", ");
  throw new ModelRefused(
    "schema_changed",
    `The labels of ${tasks} in ${bundleId(next)} are not those of ${bundleId(present)}. Send "allow_schema_change": true if callers know.`,
    { details: { tasks: changed } },
  );
}

function changesOf(present: Bundle, next: Bundle, task: TaskName): ChangedTask[] {
  if (sameLabels(present.manifest.tasks, next.manifest.tasks, task)) return [];
  const [before, after] = [present, next].map(({ manifest }) => labelsOf(manifest.tasks, task));
  const without = (labels: readonly string[], others: readonly string[]) =>
    labels.filter((label) => !others.includes(label)).slice(0, SHOWN_LABELS);
  return [{ task, added: without(after!, before!), removed: without(before!, after!) }];
}
