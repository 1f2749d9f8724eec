import { groupBy } from "./group.js";
import { placeText } from "./place.js";
import { total, type DataReport } from "./report.js";
import type { Made, Row } from "./row.js";
import { sameText } from "./same-text.js";

/** Something about data that costs a model accuracy, or a figure its meaning. */
export interface Finding {
  readonly kind: FindingKind;
  /** `serious`: scores will be wrong, or labels can't be learnt; `minor`: worth a look. */
  readonly weight: "serious" | "minor";
  /** What it is, and what to do. */
  readonly message: string;
  /** Of what it is true: labels or texts with their places. All of them. */
  readonly cases: readonly string[];
}

export type FindingKind =
  | "leak"
  | "contradiction"
  | "unseen_label"
  | "rare_label"
  | "rare_slot"
  | "unbalanced_intents"
  | "unbalanced_slots"
  | "one_value_slot"
  | "cut_word"
  | "untagged"
  | "duplicate"
  | "no_label";

type Counted = Omit<DataReport, "findings">;

/** Below this many train rows a label is learnt badly. */
const RARE = 10;
/** So many times the median is much. */
const UNBALANCED = 20;
const ONE_VALUE = { spans: 10, share: 0.8 };

export function findingsOf(made: readonly Made[], counted: Counted): Finding[] {
  const groups = [...groupBy(made, ({ row }) => sameText(row.text)).values()].filter(({ length }) => length > 1);
  const found = [...ofGroups(groups), ...ofLabels(counted), ...ofSlots(counted), ...ofRows(made)];
  return found
    .filter(({ cases }) => cases.length > 0)
    .sort((a, b) => Number(a.weight === "minor") - Number(b.weight === "minor"));
}

function ofGroups(groups: readonly (readonly Made[])[]): Finding[] {
  const differ = (group: readonly Made[], of: (row: Row) => string) =>
    new Set(group.map(({ row }) => of(row))).size > 1;
  const leaks = groups.filter((group) => differ(group, ({ split }) => split));
  const contradictions = groups.filter((group) => differ(group, labelsOf));
  const duplicates = groups.filter((group) => !differ(group, labelsOf) && !differ(group, ({ split }) => split));
  return [
    {
      ...{ kind: "leak", weight: "serious", cases: leaks.map((group) => describe(group, ({ split }) => split)) },
      message:
        "Texts of one split stand in another: scores will look better than they are. Remove them from dev and test.",
    },
    {
      ...{ kind: "contradiction", weight: "serious", cases: contradictions.map((group) => describe(group, labelsOf)) },
      message: "The same text has different labels: no model can get both right. Decide on one.",
    },
    {
      ...{ kind: "duplicate", weight: "minor", cases: duplicates.map((group) => describe(group)) },
      message:
        "The same text stands there several times, which gives it more weight. Keep one, unless people say it that often.",
    },
  ];
}

function ofLabels({ rows, intents, topics }: Counted): Finding[] {
  const labels = [...intents, ...topics];
  const median = middle(intents.map((label) => label.rows.train ?? 0));
  const unseen = rows.train === undefined ? [] : labels.filter((label) => label.rows.train === undefined);
  const rare = labels.filter((label) => (label.rows.train ?? RARE) < RARE);
  const large = intents.filter((label) => (label.rows.train ?? 0) > UNBALANCED * Math.max(1, median));
  return [
    {
      ...{ kind: "unseen_label", weight: "serious", cases: unseen.map(({ name }) => name) },
      message: "Labels of dev or test that train does not have: they can't be learnt and count as wrong.",
    },
    {
      ...{ kind: "rare_label", weight: "serious" },
      cases: rare.map((label) => `${label.name} (${label.rows.train ?? 0})`),
      message: `Labels with fewer than ${RARE} train rows: add examples, or merge them with others.`,
    },
    {
      ...{ kind: "unbalanced_intents", weight: "minor" },
      cases: large.map((label) => `${label.name} (${label.rows.train ?? 0}, the median is ${median})`),
      message: `Intents with over ${UNBALANCED} times the rows of the median one: rare ones will lose against them.`,
    },
  ];
}

function ofSlots({ slots, rows }: Counted): Finding[] {
  const median = middle(slots.map((slot) => slot.rows.train ?? 0));
  const rare = rows.train === undefined ? [] : slots.filter((slot) => (slot.rows.train ?? 0) < RARE);
  const large = slots.filter((slot) => (slot.rows.train ?? 0) > UNBALANCED * Math.max(1, median));
  const one = slots.filter((slot) => total(slot.rows) >= ONE_VALUE.spans && slot.top.share >= ONE_VALUE.share);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return [
    {
      ...{ kind: "rare_slot", weight: "serious" },
      cases: rare.map((slot) => `${slot.name} (${slot.rows.train ?? 0})`),
      message: `Slots with fewer than ${RARE} spans in train: add examples.`,
    },
    {
      ...{ kind: "unbalanced_slots", weight: "minor" },
      cases: large.map((slot) => `${slot.name} (${slot.rows.train ?? 0}, the median is ${median})`),
      message: `Slots with over ${UNBALANCED} times the spans of the median one.`,
    },
    {
      ...{ kind: "one_value_slot", weight: "minor" },
      cases: one.map(
        (slot) => `${slot.name}: "${slot.top.value}" is ${percent(slot.top.share)} of ${total(slot.rows)}`,
      ),
      message: "Slots that nearly always have one value: a model learns the word and not the place. Vary the examples.",
    },
  ];
}

function ofRows(made: readonly Made[]): Finding[] {
  const told = (some: readonly Made[]) => some.map(({ row, place }) => `${placeText(place)}: ${row.text}`);
  return [
    {
      ...{ kind: "no_label", weight: "minor" },
      cases: told(made.filter(({ row }) => !row.intent && !row.topic && row.entities.length === 0)),
      message: "Rows without intent, topic or slot teach nothing but where no slot is.",
    },
    {
      ...{ kind: "cut_word", weight: "minor", cases: told(made.filter(({ cutWords }) => cutWords > 0)) },
      message:
        "Entities that begin or end inside a word: models tag whole words, so the answer will be longer. Mark whole words.",
    },
    {
      ...{ kind: "untagged", weight: "minor", cases: told(made.filter(({ untagged }) => untagged > 0)) },
      message: "Two entities share a word, which has one tag: the first counts. Put a space between them, or mark one.",
    },
  ];
}

/** All that a row teaches, to be compared. */
function labelsOf({ intent, topic, entities }: Row): string {
  const slots = entities.map(({ type, value }) => `${type}="${value.toLowerCase()}"`).sort();
  return [intent, topic, ...slots].filter((label) => label !== undefined).join(" ");
}

/** A group of rows that say the same, and what they differ in. */
function describe(group: readonly Made[], of?: (row: Row) => string): string {
  const rows = group.map(({ row, place }) => placeText(place) + (of ? ` ${of(row)}` : ""));
  return `"${group[0]!.row.text}": ${rows.join("; ")}`;
}

const middle = (counts: readonly number[]): number => counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
