import type { Manifest } from "../../bundle/manifest.js";
import type { TextAnswer } from "../../classify/answer.js";
import { TASK_NAMES, type TaskName } from "../../tasks/task.js";
import type { Datatype, InferRequest } from "./schemas.js";
import { invalid, type Value } from "./tensors.js";

/** A tensor that an answer becomes, with an element for each text. */
export interface Output {
  readonly name: string;
  readonly datatype: Datatype;
  /** The task that it tells of; absent: of all. */
  readonly task?: TaskName;
  readonly read: (answer: TextAnswer) => Value;
}

/** An intent that is out of scope has no name, and no confidence. */
const OUTPUTS: readonly Output[] = [
  { name: "answer", datatype: "BYTES", read: (answer) => JSON.stringify(answer) },
  { name: "intent", datatype: "BYTES", task: "intent", read: ({ intent }) => intent?.name ?? "" },
  { name: "intent_confidence", datatype: "FP32", task: "intent", read: ({ intent }) => intent?.confidence ?? 0 },
  { name: "out_of_scope", datatype: "BOOL", task: "intent", read: ({ intent }) => intent === null },
  { name: "slots", datatype: "BYTES", task: "slots", read: ({ slots = [] }) => JSON.stringify(slots) },
  { name: "topic", datatype: "BYTES", task: "topic", read: ({ topic }) => topic?.name ?? "" },
  { name: "topic_confidence", datatype: "FP32", task: "topic", read: ({ topic }) => topic?.confidence ?? 0 },
  { name: "topic_group", datatype: "BYTES", task: "topic", read: ({ topic }) => topic?.group ?? "" },
];

/** The outputs that tell of these tasks alone, or of all that there are. */
function outputsOf(tasks: readonly TaskName[]): Output[] {
  return OUTPUTS.filter(({ task }) => task === undefined || tasks.includes(task));
}

export function outputsOfModel({ tasks }: Pick<Manifest, "tasks">): Output[] {
  return outputsOf(TASK_NAMES.filter((task) => tasks[task]));
}

export interface Wanted {
  readonly outputs: readonly Output[];
  /** Absent: all of the model's. */
  readonly tasks?: readonly string[];
}

/**
 * Which outputs to make and which tasks to run for them.
 * named: the request's own; tasks: of its `parameters`. @throws OnepassError
 */
export function wantedOutputs(
  model: Pick<Manifest, "tasks">,
  named: InferRequest["outputs"],
  tasks: readonly string[] | undefined,
): Wanted {
  const offered = outputsOfModel(model);
  const isRun = ({ task }: Output) => task === undefined || (tasks?.includes(task) ?? true);
  if (named === undefined || named.length === 0) {
    return { outputs: offered.filter(isRun), ...(tasks && { tasks }) };
  }
  const outputs = named.map(({ name }, i) => {
    const field = `outputs[${i}].name`;
    const output = offered.find((one) => one.name === name);
    if (!output)
      throw invalid(`There is no such output; there are ${offered.map(({ name }) => name).join(", ")}.`, field);
    if (!isRun(output)) throw invalid(`"${name}" needs the task "${output.task}", which is not among "tasks".`, field);
    return output;
  });
  if (tasks || outputs.some(({ task }) => task === undefined)) return { outputs, ...(tasks && { tasks }) };
  return { outputs, tasks: [...new Set(outputs.flatMap(({ task }) => task ?? []))] };
}
