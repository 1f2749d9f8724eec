import type { Bundle } from "../bundle/bundle.js";
import type { GoldenCase } from "../bundle/manifest.js";
import { prepareText } from "../text/prepare.js";
import type { Engine, Scores, WrittenAnswer } from "./engine.js";
import { readAnswer } from "./generate/answer.js";

/** How far an engine's answer is from the one that its bundle was published with. */
export interface GoldenResult {
  readonly text: string;
  /** Of two logits; Infinity where there are more or fewer of them, or where other words were written. */
  readonly worst: number;
  readonly agrees: boolean;
}

/** Asks an engine what the reference implementation in `training/` was asked, with the files that ship. @throws EngineError when it fails */
export async function goldenResults(engine: Engine, signal = new AbortController().signal): Promise<GoldenResult[]> {
  const { golden, text: options } = engine.bundle.manifest;
  const results: GoldenResult[] = [];
  for (const one of golden.cases) {
    const text = prepareText(one.text, options);
    const [answer] = await engine.score([{ text, truncate: true, field: "text" }], one.tasks, signal);
    const worst = answer ? worstDifference(answer, one) : Infinity;
    results.push({ text: one.text, worst, agrees: worst <= golden.tolerance });
  }
  return results;
}

/** The engine of a bundle that its golden cases are about. */
export function goldenEngine(bundle: Bundle, engines: readonly Engine[]): Engine | undefined {
  return engines.find(({ name }) => name === bundle.manifest.model.engine);
}

function worstDifference(answer: Scores | WrittenAnswer, golden: GoldenCase): number {
  if ("written" in answer) return saysTheSame(answer, golden) ? 0 : Infinity;
  const { logits } = golden;
  const found = [answer.intent, answer.topic?.[0]?.logits, ...(answer.slots ?? [])];
  const expected = [logits.intent, logits.topic, ...(logits.slots ?? [])];
  if (found.length !== expected.length) return Infinity;
  return expected.reduce(
    (worst, row, i) => Math.max(worst, rowDifference(row ?? [], found[i] ?? new Float32Array())),
    0,
  );
}

function rowDifference(expected: readonly number[], found: Float32Array): number {
  if (expected.length !== found.length) return Infinity;
  return expected.reduce((worst, logit, i) => Math.max(worst, Math.abs(logit - found[i]!)), 0);
}

/** Weights that only write have no scores; a bundle may say what they write. */
function saysTheSame({ written }: WrittenAnswer, golden: GoldenCase): boolean {
  if (golden.written === undefined) return true;
  const { intent, topic } = readAnswer(golden.written);
  return written.intent?.name === intent && written.topic?.[0]?.name === topic;
}
