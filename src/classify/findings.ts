import type { Manifest } from "../bundle/manifest.js";
import type { Scores, WrittenAnswer } from "../engines/engine.js";
import type { TagSet } from "../tasks/bio.js";
import { decideJointly } from "../tasks/joint.js";
import { averageWindows, rankGroups, rankLabels, type Label } from "../tasks/labels.js";
import { softmax } from "../tasks/softmax.js";
import { readSlots, type Slot } from "../tasks/spans.js";
import type { PreparedText } from "../text/prepare.js";

/** What an engine has found in a text, with calibrated confidences. A task that was not asked for is absent. */
export interface Findings {
  /** Best first; a written answer names but one. */
  readonly intents?: readonly Label[];
  /** In the order of the text. */
  readonly slots?: readonly Slot[];
  /** Best first; a written answer names one a window. */
  readonly topics?: readonly Label[];
  /** Groups of the topics, best first. */
  readonly groups?: readonly Label[];
}

type Tasks = Manifest["tasks"];

/** @throws NonFiniteScoreError */
export function findingsOf(
  text: PreparedText,
  result: Scores | WrittenAnswer,
  tasks: Tasks,
  tags: TagSet | undefined,
): Findings {
  return "written" in result ? writtenFindings(result, tasks) : scoredFindings(text, result, tasks, tags);
}

function scoredFindings(text: PreparedText, scores: Scores, tasks: Tasks, tags: TagSet | undefined): Findings {
  const { intent, slots, topic } = scores;
  const intents = intent && tasks.intent && softmax(intent, tasks.intent.temperature);
  const joint = intents && slots && tags?.penalties && decideJointly(intents, slots, tags, tags.penalties);
  return {
    ...(intents && tasks.intent && { intents: rankLabels(joint?.intents ?? intents, tasks.intent.labels) }),
    ...(slots && tasks.slots && tags && { slots: readSlots(text, slots, tags, tasks.slots.temperature, joint?.path) }),
    ...(topic && tasks.topic && topicFindings(averageWindows(topic, tasks.topic.temperature), tasks.topic)),
  };
}

/** Label tokens' probabilities stand as they are: the temperatures of the tasks were fitted for read-outs. */
function writtenFindings({ written: { intent, slots, topic } }: WrittenAnswer, tasks: Tasks): Findings {
  const confidence = new Map(topic?.map((label) => [label.name, label.confidence]));
  const named = tasks.topic?.labels.map((label) => confidence.get(label) ?? 0) ?? [];
  const found = tasks.topic && topic && topicFindings(Float32Array.from(named), tasks.topic);
  const isNamed = (label: Label) => label.confidence > 0;
  return {
    ...(intent && { intents: [intent] }),
    ...(slots && { slots }),
    ...(found && { topics: found.topics.filter(isNamed), groups: found.groups.filter(isNamed) }),
  };
}

/** Several topics of one group can outweigh the best single topic, so the two are ranked independently. */
function topicFindings(probabilities: Float32Array, { labels, groups }: NonNullable<Tasks["topic"]>) {
  return { topics: rankLabels(probabilities, labels), groups: rankGroups(probabilities, labels, groups) };
}
