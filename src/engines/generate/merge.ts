import { locateValue } from "../../tasks/locate.js";
import type { Slot } from "../../tasks/spans.js";
import type { TaskName } from "../../tasks/task.js";
import type { PreparedText } from "../../text/prepare.js";
import type { WrittenAnswer } from "../engine.js";
import type { Forward, Plan } from "../plan.js";
import type { Timed } from "../queue.js";
import type { WrittenJson } from "./answer.js";

/** What was written to one prompt of a forward, read back. */
export interface ForwardAnswer {
  readonly answer: WrittenJson;
  /** Of each label: intent, slot names, topic, those that were written. */
  readonly confidences: readonly number[];
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
}

/** One answer of all that was written to a text: intent and slots of its first forward, the topic of all. */
export function mergeAnswers(
  text: PreparedText,
  { forwards, truncated }: Plan,
  tasks: readonly TaskName[],
  runs: readonly Timed<readonly ForwardAnswer[]>[],
  encodedAt: number,
): Omit<WrittenAnswer, "tokenizeMs"> {
  const answers = runs.flatMap(({ value }) => value);
  const first = runs[0]?.value ?? [];
  const intent = first.flatMap(({ answer, confidences }) =>
    answer.intent === undefined ? [] : [{ name: answer.intent, confidence: confidences[0] ?? 0 }],
  )[0];
  const { slots, dropped } = findSlots(text, first);
  const startedAt = Math.min(...runs.map((run) => run.startedAt));
  const finishedAt = Math.max(...runs.map((run) => run.finishedAt));
  const sum = (count: "promptTokens" | "cachedTokens" | "generatedTokens") =>
    answers.reduce((total, answer) => total + answer[count], 0);
  return {
    written: {
      ...(intent && { intent }),
      ...(tasks.includes("slots") && { slots }),
      ...(tasks.includes("topic") && { topic: topicsOf(forwards, runs) }),
    },
    droppedSlots: dropped,
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    generatedTokens: sum("generatedTokens"),
    ...(truncated && { truncated }),
    queueMs: runs.length > 0 ? startedAt - encodedAt : 0,
    inferenceMs: runs.length > 0 ? finishedAt - startedAt : 0,
  };
}

function findSlots(text: PreparedText, answers: readonly ForwardAnswer[]): { slots: Slot[]; dropped: number } {
  const slots: Slot[] = [];
  let dropped = 0;
  for (const { answer, confidences } of answers) {
    const firstSlot = answer.intent === undefined ? 0 : 1;
    for (const [i, written] of (answer.slots ?? []).entries()) {
      for (const [name, value] of Object.entries(written)) {
        const place = locateValue(text, value, slots);
        if (!place) dropped++;
        else
          slots.push({
            name,
            value: text.text.slice(place.start, place.end),
            ...place,
            confidence: confidences[firstSlot + i] ?? 0,
          });
      }
    }
  }
  return { slots: slots.sort((a, b) => a.start - b.start), dropped };
}

/** The topics that the windows named, best first: a window's confidence weighs as much as its share of the text's tokens. */
function topicsOf(forwards: readonly Forward[], runs: readonly Timed<readonly ForwardAnswer[]>[]) {
  const total = forwards.reduce((sum, { ids }) => sum + Math.max(1, ids.length), 0);
  const sums = new Map<string, number>();
  for (const [i, { value }] of runs.entries()) {
    for (const { answer, confidences } of value) {
      if (answer.topic === undefined) continue;
      const share = Math.max(1, forwards[i]!.ids.length) / total;
      sums.set(answer.topic, (sums.get(answer.topic) ?? 0) + share * (confidences.at(-1) ?? 0));
    }
  }
  return [...sums].map(([name, confidence]) => ({ name, confidence })).sort((a, b) => b.confidence - a.confidence);
}
