import { labelsOf } from "../../bundle/check.js";
import type { DecoderModel, Manifest } from "../../bundle/manifest.js";
import type { TaskName } from "../../tasks/task.js";
import type { Forward, Prompt } from "../plan.js";

/** Label ids of a task in the output matrix: [start, start + count). */
export interface LabelRange {
  readonly start: number;
  readonly count: number;
}

/** A position of the prompt, and the labels whose logits are read there. */
export interface ReadOut {
  readonly position: number;
  readonly task: TaskName;
}

/** `bos`, a read-out for each task asked for that has one, the text. `readOuts` are in order of position. */
export interface DecoderPrompt extends Prompt {
  readonly readOuts: readonly ReadOut[];
}

/** In the order of the prompt. Slots have no read-out token: they are read at the words themselves. */
const READ_OUT_TASKS = ["intent", "topic"] as const;

/** Tokens of a prompt besides the text's, at most. */
export const MOST_PROMPT_TOKENS = 1 + READ_OUT_TASKS.length;

/** The twin of `Vocabulary.prompt` in `training/vocabulary.py`. */
export function buildPrompt(
  { bos, read_outs }: Pick<DecoderModel, "bos" | "read_outs">,
  { tasks, ids, words }: Forward,
): DecoderPrompt {
  const opening = [bos];
  const readOuts: ReadOut[] = [];
  for (const task of READ_OUT_TASKS) {
    const token = read_outs[task];
    if (!tasks.includes(task) || token === undefined) continue;
    readOuts.push({ position: opening.length, task });
    opening.push(token);
  }
  const positions = words.map((index) => opening.length + index);
  for (const position of positions) readOuts.push({ position, task: "slots" });
  return { ids: [...opening, ...ids], words: positions, readOuts };
}

/** By task of the bundle: the ids of its labels. */
export type LabelRanges = Partial<Record<TaskName, LabelRange>>;

export function labelRanges({ label_start }: DecoderModel, tasks: Manifest["tasks"]): LabelRanges {
  const range = (task: TaskName) => {
    const start = label_start[task];
    return start === undefined ? {} : { [task]: { start, count: labelsOf(tasks, task).length } };
  };
  return { ...range("intent"), ...range("slots"), ...range("topic") };
}
