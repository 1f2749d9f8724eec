import type { TextAnswer } from "../classify/answer.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";

/** Whether two answers to one text say the same, by task; a task that one of them lacks is absent. Confidences don't count. */
export type Agreement = Partial<Record<TaskName, boolean>>;

export function agreementOf(one: TextAnswer, other: TextAnswer): Agreement {
  const agreement: Agreement = {};
  if (one.intent !== undefined && other.intent !== undefined)
    agreement.intent = one.intent?.name === other.intent?.name;
  if (one.slots && other.slots) agreement.slots = sameSlots(one.slots, other.slots);
  if (one.topic && other.topic) agreement.topic = one.topic.name === other.topic.name;
  return agreement;
}

export function disagreeing(agreement: Agreement): TaskName[] {
  return TASK_NAMES.filter((task) => agreement[task] === false);
}

type Slots = NonNullable<TextAnswer["slots"]>;

/** As a set of names and places; the text between two places is the same for both. */
function sameSlots(one: Slots, other: Slots): boolean {
  const keys = (slots: Slots) => slots.map(keyOf).sort().join("\n");
  return keys(one) === keys(other);
}

function keyOf({ name, start, end }: Slots[number]): string {
  return `${start} ${end} ${name}`;
}
