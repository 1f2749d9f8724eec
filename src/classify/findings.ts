import type { Manifest } from "../bundle/manifest.js";
import type { Scores, WrittenAnswer } from "../engines/engine.js";
import type { TagSet } from "../tasks/bio.js";
import { decideJointly } from "../tasks/joint.js";
import { calibrateMargins } from "../tasks/calibration.js";
import { poolWindows, rankGroups, rankLabels, type Label } from "../tasks/labels.js";
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
    ...(intents &&
      tasks.intent && {
        intents: rankLabels(calibrated(joint?.intents ?? intents, tasks.intent), tasks.intent.labels),
      }),
    ...(slots && tasks.slots && tags && { slots: readSlots(text, slots, tags, tasks.slots, joint?.path) }),
    ...(topic && tasks.topic && topicFindings(topicProbabilities(topic, tasks.topic), tasks.topic)),
  };
}

function topicProbabilities(windows: Scores["topic"] & object, task: NonNullable<Tasks["topic"]>): Float32Array {
  return calibrated(softmax(poolWindows(windows), task.temperature), task);
}

/** The last step, so that it calibrates what is served, whatever had a say in it. */
function calibrated(
  probabilities: Float32Array,
  { margin_calibration: calibration }: Pick<NonNullable<Tasks["intent"]>, "margin_calibration">,
): Float32Array {
  return calibration ? calibrateMargins(probabilities, calibration) : probabilities;
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
