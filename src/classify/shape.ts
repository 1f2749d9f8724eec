import type { Manifest } from "../bundle/manifest.js";
import type { Scores, WindowScores } from "../engines/engine.js";
import type { TagSet } from "../tasks/bio.js";
import { averageWindows, rankGroups, rankLabels, type Label } from "../tasks/labels.js";
import { softmax } from "../tasks/softmax.js";
import { readSlots } from "../tasks/spans.js";
import { codePointOffsets } from "../text/offsets.js";
import type { PreparedText } from "../text/prepare.js";
import type { SlotAnswer, TextAnswer } from "./answer.js";
import type { ClassifyRequest } from "./request.js";

export type ShapeOptions = Pick<ClassifyRequest, "top_k" | "offsets" | "oos_threshold">;

/** Scores as the answer to a text: calibrated, ranked, with offsets. @throws NonFiniteScoreError */
export function shapeText(
  text: PreparedText,
  { intent, slots, topic, truncated }: Scores,
  { tasks }: Pick<Manifest, "tasks">,
  tags: TagSet | undefined,
  options: ShapeOptions,
): TextAnswer {
  return {
    text: text.text,
    ...(intent && tasks.intent && shapeIntent(intent, tasks.intent, options)),
    ...(slots && tasks.slots && tags && { slots: shapeSlots(text, slots, tags, tasks.slots.temperature, options) }),
    ...(topic && tasks.topic && shapeTopic(topic, tasks.topic, options)),
    ...(truncated && { truncated: { read_tokens: truncated.readTokens, total_tokens: truncated.totalTokens } }),
  };
}

function shapeIntent(
  logits: Float32Array,
  { labels, temperature }: NonNullable<Manifest["tasks"]["intent"]>,
  { top_k, oos_threshold }: ShapeOptions,
): Pick<TextAnswer, "intent" | "intent_ranking" | "out_of_scope"> {
  const ranking = rankLabels(softmax(logits, temperature), labels, top_k);
  const best = ranking[0] ?? null;
  const outOfScope = oos_threshold !== undefined && (best?.confidence ?? 0) < oos_threshold;
  return {
    intent: best && !outOfScope ? rounded(best) : null,
    intent_ranking: ranking.map(rounded),
    ...(oos_threshold !== undefined && { out_of_scope: outOfScope }),
  };
}

function shapeTopic(
  windows: readonly WindowScores[],
  { labels, temperature, groups }: NonNullable<Manifest["tasks"]["topic"]>,
  { top_k }: ShapeOptions,
): Pick<TextAnswer, "topic" | "topic_ranking"> {
  const probabilities = averageWindows(windows, temperature);
  const ranking = rankLabels(probabilities, labels, top_k).map((label) => {
    const { name, confidence } = rounded(label);
    return { name, group: groups[name] ?? name, confidence };
  });
  const [best] = ranking;
  // Several topics of one group can outweigh the best single topic, so the two are chosen independently.
  const [group] = rankGroups(probabilities, labels, groups);
  return { ...(best && group && { topic: { ...best, group: group.name } }), topic_ranking: ranking };
}

function shapeSlots(
  text: PreparedText,
  logits: readonly Float32Array[],
  tags: TagSet,
  temperature: number,
  { offsets }: ShapeOptions,
): SlotAnswer[] {
  const slots = readSlots(text, logits, tags, temperature);
  const unit = offsets === "code_points" && slots.length > 0 ? codePointOffsets(text.text) : (offset: number) => offset;
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
