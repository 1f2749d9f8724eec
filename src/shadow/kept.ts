import type { TextAnswer } from "../classify/answer.js";
import type { TaskName } from "../tasks/task.js";
import type { Disagreement } from "./summary.js";

/** Texts as they may be kept, in order; undefined when they may not. */
export type KeepTexts = (texts: readonly string[]) => readonly string[] | undefined;

/**
 * A text and its two answers to the tasks in question, as far as they may be kept; nothing otherwise: labels tell of a text, too.
 * The values of slots are parts of the text and go through the same sieve.
 */
export function keptAnswers(
  tasks: readonly TaskName[],
  answer: TextAnswer,
  shadow: TextAnswer,
  keepTexts: KeepTexts,
): Pick<Disagreement, "text" | "answer" | "shadow"> {
  const values = [answer, shadow].map(({ slots = [] }) => slots.map(({ value }) => value));
  const kept = keepTexts([answer.text, ...values.flat()]);
  if (!kept) return {};
  const [text, ...keptValues] = kept;
  const own = values[0]?.length ?? 0;
  return {
    text: text ?? "",
    answer: labels(tasks, answer, keptValues.slice(0, own)),
    shadow: labels(tasks, shadow, keptValues.slice(own)),
  };
}

function labels(tasks: readonly TaskName[], answer: TextAnswer, values: readonly string[]): Disagreement["answer"] {
  return {
    ...(tasks.includes("intent") && { intent: answer.intent?.name ?? null }),
    ...(tasks.includes("slots") && {
      slots: (answer.slots ?? []).map(({ name }, i) => ({ name, value: values[i] ?? "" })),
    }),
    ...(tasks.includes("topic") && answer.topic && { topic: answer.topic.name }),
  };
}
