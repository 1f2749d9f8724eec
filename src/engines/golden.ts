import type { GoldenCase } from "../bundle/manifest.js";
import { prepareText } from "../text/prepare.js";
import type { Engine, Scores } from "./engine.js";

/** How far an engine's scores are from those that its bundle was published with. */
export interface GoldenResult {
  readonly text: string;
  /** Of two logits; Infinity where there are more or fewer of them. */
  readonly worst: number;
  readonly agrees: boolean;
}

/** Asks an engine that has scores every golden case of its bundle. @throws EngineError when it fails */
export async function goldenResults(engine: Engine, signal = new AbortController().signal): Promise<GoldenResult[]> {
  const { golden, text: options } = engine.bundle.manifest;
  const results: GoldenResult[] = [];
  for (const one of golden.cases) {
    const text = prepareText(one.text, options);
    const [scores] = await engine.score([{ text, truncate: true, field: "text" }], one.tasks, signal);
    const worst = scores && !("written" in scores) ? worstDifference(scores, one) : Infinity;
    results.push({ text: one.text, worst, agrees: worst <= golden.tolerance });
  }
  return results;
}

function worstDifference(scores: Scores, { logits }: GoldenCase): number {
  const found = [scores.intent, scores.topic?.[0]?.logits, ...(scores.slots ?? [])];
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
