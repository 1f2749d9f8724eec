import type { IntentTask, Manifest } from "../bundle/manifest.js";
import type { Effort } from "../engines/engine.js";
import type { Label } from "../tasks/labels.js";
import type { Slot } from "../tasks/spans.js";
import { codePointOffsets } from "../text/offsets.js";
import type { SlotAnswer, TextAnswer } from "./answer.js";
import type { Findings } from "./findings.js";
import type { ClassifyRequest } from "./request.js";

export type ShapeOptions = Pick<ClassifyRequest, "top_k" | "offsets" | "oos_threshold">;

/** Findings as the answer to a text: cut to `top_k`, rounded, with offsets in the unit that was asked for. */
export function shapeText(
  text: string,
  { intents, slots, topics, groups }: Findings,
  { truncated }: Pick<Effort, "truncated">,
  { intent, topic }: Pick<Manifest["tasks"], "intent" | "topic">,
  options: ShapeOptions,
): TextAnswer {
  return {
    text,
    ...(intents && intent && shapeIntent(intents, intent, options)),
    ...(slots && { slots: shapeSlots(text, slots, options) }),
    ...(topics && groups && topic && shapeTopic(topics, groups, topic.groups, options)),
    ...(truncated && { truncated: { read_tokens: truncated.readTokens, total_tokens: truncated.totalTokens } }),
  };
}

/** ranked: also the label that rejects, which is no intent. A model that has written that label names no intent at all. */
function shapeIntent(
  ranked: readonly Label[],
  { reject, oos_threshold: usual }: IntentTask,
  { top_k, oos_threshold: threshold = usual }: ShapeOptions,
): Pick<TextAnswer, "intent" | "intent_ranking" | "out_of_scope" | "out_of_scope_score"> {
  const intents = ranked.filter(({ name }) => name !== reject).map(rounded);
  const [best] = intents;
  const outOfScope = !best || (threshold === undefined ? ranked[0]?.name === reject : best.confidence < threshold);
  const isJudged = threshold !== undefined || reject !== undefined;
  return {
    intent: outOfScope ? null : best,
    intent_ranking: intents.slice(0, top_k),
    ...(isJudged && { out_of_scope: outOfScope, out_of_scope_score: round(1 - (best?.confidence ?? 0)) }),
  };
}

/** groupOf: group of each topic by its name. */
function shapeTopic(
  topics: readonly Label[],
  groups: readonly Label[],
  groupOf: Readonly<Record<string, string>>,
  { top_k }: ShapeOptions,
): Pick<TextAnswer, "topic" | "topic_ranking"> {
  const ranking = topics.slice(0, top_k).map((label) => {
    const { name, confidence } = rounded(label);
    return { name, group: groupOf[name] ?? name, confidence };
  });
  const [best] = ranking;
  const [group] = groups;
  return { ...(best && group && { topic: { ...best, group: group.name } }), topic_ranking: ranking };
}

function shapeSlots(text: string, slots: readonly Slot[], { offsets }: ShapeOptions): SlotAnswer[] {
  const unit = offsets === "code_points" && slots.length > 0 ? codePointOffsets(text) : (offset: number) => offset;
  return slots.map(({ name, value, start, end, confidence }) => ({
    name,
    value,
    start: unit(start),
    end: unit(end),
    confidence: round(confidence),
  }));
}

function rounded({ name, confidence }: Label): Label {
  return { name, confidence: round(confidence) };
}

/** Six decimals: what 32-bit scores can say. A float's sum may exceed 1 by its last bit. */
function round(confidence: number): number {
  return Math.min(1, Math.round(confidence * 1e6) / 1e6);
}
