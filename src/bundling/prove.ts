import { loadBundle, type Bundle } from "../bundle/bundle.js";
import type { GoldenCase, Manifest } from "../bundle/manifest.js";
import { openRuntime } from "../engines/load.js";
import type { Runtime } from "../engines/queued.js";
import { parseTagSet } from "../tasks/bio.js";
import { rankLabels } from "../tasks/labels.js";
import { softmax } from "../tasks/softmax.js";
import { readSlots } from "../tasks/spans.js";
import { TASK_NAMES } from "../tasks/task.js";
import { codePointOffsets } from "../text/offsets.js";
import { prepareText } from "../text/prepare.js";

// Case, digits and glued punctuation, so that a later change of how texts are read shows.
const SENTENCES = ["wake me up at nine on friday", "Play “Blue in Green” at 50%, please!"];
const DECIMALS = 4;

/** The manifest with golden cases, which the bundle itself answered, and the first answer in words. */
export interface Proof {
  readonly manifest: Manifest;
  readonly answer: string;
}

/** Serves the bundle in `folder` once. @throws BundleError when it can't be served */
export async function prove(folder: string): Promise<Proof> {
  const bundle = await loadBundle(folder);
  const runtime = await openRuntime(bundle, { threads: 1, gpu: false });
  try {
    const cases: GoldenCase[] = [];
    for (const text of SENTENCES) cases.push(await answer(bundle, runtime, text));
    const { manifest } = bundle;
    return { manifest: { ...manifest, golden: { ...manifest.golden, cases } }, answer: inWords(manifest, cases[0]!) };
  } finally {
    await runtime[Symbol.asyncDispose]();
  }
}

async function answer({ manifest }: Bundle, runtime: Runtime, text: string): Promise<GoldenCase> {
  const prepared = prepareText(text, manifest.text);
  const forward = { tasks: TASK_NAMES.filter((task) => manifest.tasks[task]), ...runtime.encode(prepared) };
  const [scores] = await runtime.run([forward]);
  const prompt = runtime.prompt(forward);
  const points = codePointOffsets(text);
  const { intent, slots, topic } = scores!;
  return {
    text,
    tasks: forward.tasks,
    ids: [...prompt.ids],
    word_positions: [...prompt.words],
    words: prepared.words.map(({ start, end }) => [points(start), points(end)]),
    logits: {
      ...(intent && { intent: rounded(intent) }),
      ...(slots && { slots: slots.map(rounded) }),
      ...(topic && { topic: rounded(topic) }),
    },
  };
}

function rounded(logits: Float32Array): number[] {
  return Array.from(logits, (logit) => Number(logit.toFixed(DECIMALS)));
}

function inWords({ tasks, text: options }: Manifest, { text, logits }: GoldenCase): string {
  const best = (scores: number[], labels: readonly string[]) => {
    const [top] = rankLabels(softmax(Float32Array.from(scores), 1), labels);
    return `${top?.name ?? ""} (${((top?.confidence ?? 0) * 100).toFixed(1)} %)`;
  };
  const parts = [`"${text}"`];
  if (tasks.intent && logits.intent) parts.push(`intent ${best(logits.intent, tasks.intent.labels)}`);
  if (tasks.topic && logits.topic) parts.push(`topic ${best(logits.topic, tasks.topic.labels)}`);
  if (tasks.slots && logits.slots) {
    const rows = logits.slots.map((row) => Float32Array.from(row));
    const spans = readSlots(prepareText(text, options), rows, parseTagSet(tasks.slots.tags), { temperature: 1 });
    parts.push(`slots ${spans.map(({ name, value }) => `${name} "${value}"`).join(", ") || "none"}`);
  }
  return parts.join("\n  ");
}
