import type { EngineName } from "../../engines/engine.js";
import type { MeasureName } from "../evaluation/measures.js";
import type { Sample } from "../evaluation/options.js";
import type { TaskName } from "../../tasks/task.js";

/** What is compared: one engine over one bundle. */
export interface System {
  /** How tables and files call it. */
  readonly label: string;
  /** The bundle's folder, from the package's. */
  readonly bundle: string;
  readonly engine: EngineName;
  /** What it is, as a reader of the page is told. */
  readonly what: string;
  /** `consolidated`: one prompt answers every task; `dual`: a prompt or a model a task; `joint`: one encoder, all heads. */
  readonly kind: "consolidated" | "dual" | "joint";
  /** A long text takes it seconds: it is scored on a sample where others read everything. */
  readonly slow?: true;
  /** What a reader must know before believing its accuracy. */
  readonly caveat?: string;
  /** What makes a bundle that is too big to ship. */
  readonly madeBy?: string;
}

const DECODER = "models/onepass-en";

const UNDERTRAINED =
  "these weights had some four epochs to learn to write, and more than ten to be read: a larger model, trained for longer, " +
  "would write better answers in more time";

export const SYSTEMS: readonly System[] = [
  {
    label: "single-pass",
    bundle: DECODER,
    engine: "single-pass",
    what: "one decoder, every answer read from one prefill (ONNX Runtime; on llama.cpp it takes some 2.5 times as long)",
    kind: "consolidated",
  },
  {
    label: "generate",
    bundle: DECODER,
    engine: "generate",
    what: "the same decoder writes one JSON answer to one prompt (llama.cpp)",
    kind: "consolidated",
    slow: true,
    caveat: UNDERTRAINED,
  },
  {
    label: "dual-decoder",
    bundle: DECODER,
    engine: "dual-decoder",
    what: "the same decoder writes one answer a task, to one prompt a task (llama.cpp)",
    kind: "dual",
    slow: true,
    caveat: UNDERTRAINED,
  },
  {
    label: "dual-decoder-two",
    bundle: "models-built/onepass-smollm2-12l-dual",
    engine: "dual-decoder",
    what: "two decoders, fine-tuned for a task each, write an answer each (llama.cpp)",
    kind: "dual",
    slow: true,
    madeBy: "training/README.md",
  },
  {
    label: "dual-encoder",
    bundle: "models/dual-en",
    engine: "dual-encoder",
    what: "two small encoders: intent and topic, slots",
    kind: "dual",
  },
  {
    label: "joint-encoder",
    bundle: "models/joint-en",
    engine: "joint-encoder",
    what: "one small encoder with all heads",
    kind: "joint",
  },
];

/** Labelled rows, and the scores that they give. */
export interface DataSet {
  readonly name: string;
  readonly title: string;
  /** From the folder of the data. */
  readonly file: string;
  /** Whether only the last tenth of each topic is scored: the rest was trained on. */
  readonly cut: boolean;
  readonly tasks: readonly TaskName[];
  readonly measures: readonly MeasureName[];
  /** What the slow systems are scored on, when it is not everything. */
  readonly sample?: Sample;
}

export const SETS: readonly DataSet[] = [
  {
    name: "massive",
    title: "MASSIVE en-US, dev",
    file: "massive/dev.jsonl.gz",
    cut: false,
    tasks: ["intent", "slots"],
    measures: ["intent", "f1", "exact"],
  },
  {
    name: "newsgroups",
    title: "20 Newsgroups, the last tenth of each group's train posts",
    file: "20newsgroups/train.jsonl.gz",
    cut: true,
    tasks: ["topic"],
    measures: ["topic", "groups"],
    sample: { size: 100, seed: 0 },
  },
];

/** Columns of the tables, by score. */
export const HEADINGS: Readonly<Record<MeasureName, string>> = {
  intent: "intent",
  f1: "slot F1",
  exact: "exact match",
  topic: "20 topics",
  groups: "7 groups",
};

/** Differences of interest, `one` minus `other`: the consolidated decoder against every other way, then within each side. */
export const PAIRS: readonly (readonly [one: string, other: string])[] = [
  ["single-pass", "dual-decoder"],
  ["single-pass", "dual-decoder-two"],
  ["single-pass", "dual-encoder"],
  ["single-pass", "joint-encoder"],
  ["generate", "dual-decoder"],
  ["generate", "dual-decoder-two"],
  ["single-pass", "generate"],
  ["joint-encoder", "dual-encoder"],
];
