import type { Manifest } from "../../bundle/manifest.js";
import { parseTagSet } from "../../tasks/bio.js";
import type { TaskName } from "../../tasks/task.js";

/** What a written answer may name, by task; a task that is not asked for is absent. */
export interface AnswerSchema {
  readonly intent?: readonly string[];
  readonly slots?: readonly string[];
  readonly topic?: readonly string[];
}

/** The schema of the answer to `asked`: labels, for slots their names. */
export function answerSchema(tasks: Manifest["tasks"], asked: readonly TaskName[]): AnswerSchema {
  return {
    ...(asked.includes("intent") && tasks.intent && { intent: tasks.intent.labels }),
    ...(asked.includes("slots") && tasks.slots && { slots: slotNames(tasks.slots.tags) }),
    ...(asked.includes("topic") && tasks.topic && { topic: tasks.topic.labels }),
  };
}

/**
 * A grammar (GBNF, llama.cpp's notation) whose strings are the valid answers, as compact JSON in a fixed order of keys:
 * `{"intent":"alarm_set","slots":[{"time":" six am"}],"topic":"rec.autos"}`. The twin of `training/answers.py`.
 *
 * words: when given, a slot's value is a run of these, with a space before it or without; else any string.
 */
export function answerGrammar({ intent, slots, topic }: AnswerSchema, words?: readonly string[]): string {
  const members: string[] = [];
  const rules: string[] = [];
  if (intent) {
    members.push(`${literal('"intent":')} intent`);
    rules.push(`intent ::= ${choice(intent)}`);
  }
  if (slots) {
    members.push(`${literal('"slots":')} slots`);
    rules.push(...slotRules(slots, words));
  }
  if (topic) {
    members.push(`${literal('"topic":')} topic`);
    rules.push(`topic ::= ${choice(topic)}`);
  }
  return [`root ::= "{" ${members.join(' "," ')} "}"`, ...rules].join("\n") + "\n";
}

function slotRules(names: readonly string[], words?: readonly string[]): string[] {
  if (words?.length === 0) return [`slots ::= "[]"`];
  return [
    `slots ::= "[" (slot ("," slot)*)? "]"`,
    `slot ::= "{" name ":" string "}"`,
    `name ::= ${choice(names)}`,
    ...(words ? runRules(words) : STRING_RULES),
  ];
}

const STRING_RULES = [
  String.raw`string ::= "\"" character+ "\""`,
  String.raw`character ::= [^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})`,
];

/** A string is a run of words: each may end it or be followed by the next. */
function runRules(words: readonly string[]): string[] {
  const starts = words.map((_, i) => `word-${i}`).join(" | ");
  const chain = words.map((word, i) => {
    const spelt = literal(JSON.stringify(word).slice(1, -1));
    return i + 1 < words.length ? `word-${i} ::= ${spelt} (" " word-${i + 1})?` : `word-${i} ::= ${spelt}`;
  });
  return [String.raw`string ::= "\"" " "? (${starts}) "\""`, ...chain];
}

function choice(names: readonly string[]): string {
  return names.map((name) => literal(JSON.stringify(name))).join(" | ");
}

/** A GBNF string that stands for `text`. */
function literal(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}

function slotNames(tags: readonly string[]): string[] {
  const names = parseTagSet(tags).slots.filter((slot) => slot !== undefined);
  return [...new Set(names)];
}
