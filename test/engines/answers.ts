import type { Bundle } from "../../src/bundle/bundle.js";
import type { Scores } from "../../src/engines/engine.js";
import { parseTagSet } from "../../src/tasks/bio.js";
import { poolWindows, rankLabels } from "../../src/tasks/labels.js";
import { softmax } from "../../src/tasks/softmax.js";
import { readSlots } from "../../src/tasks/spans.js";
import type { PreparedText } from "../../src/text/prepare.js";

/** What a caller would be told: labels and spans, and how sure each is. */
export interface Answer {
  readonly said: readonly string[];
  readonly confidences: readonly number[];
}

export function answerOf({ manifest }: Bundle, text: PreparedText, scores: Scores): Answer {
  const { intent, slots, topic } = manifest.tasks;
  const found: { name: string; confidence: number }[] = [];
  if (intent && scores.intent) found.push(rankLabels(softmax(scores.intent, intent.temperature), intent.labels)[0]!);
  if (topic && scores.topic) {
    found.push(rankLabels(softmax(poolWindows(scores.topic), topic.temperature), topic.labels)[0]!);
  }
  if (slots && scores.slots) {
    for (const slot of readSlots(text, scores.slots, parseTagSet(slots.tags), slots)) {
      found.push({ name: `${slot.name} ${slot.start}-${slot.end} ${slot.value}`, confidence: slot.confidence });
    }
  }
  return { said: found.map(({ name }) => name), confidences: found.map(({ confidence }) => confidence) };
}

const OPENINGS = [
  "wake me up",
  "play some jazz",
  "Email Zoë",
  "what's the weather",
  "turn the lights off",
  "remind me",
];
const TIMES = ["at nine", "at 5 p.m.", "tomorrow", "on friday!", "next week (monday)", "in “new york”", ""];
const ENDINGS = ["please", "and set the volume to 50%", "because the drive won't boot 🚀", "", "for my sister, ok?"];

/** `count` different texts of many lengths, some of them the same length as others. */
export function mixedTexts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const parts = [OPENINGS[i % 6]!, TIMES[Math.floor(i / 6) % 7]!, ENDINGS[Math.floor(i / 42) % 5]!];
    return parts.filter(Boolean).join(" ");
  });
}
