import { bundleId, type Bundle } from "../bundle/bundle.js";
import type { GoldenCase } from "../bundle/manifest.js";
import type { Engine, Scores, WrittenAnswer } from "../engines/engine.js";
import { readAnswer } from "../engines/generate/answer.js";
import { prepareText } from "../text/prepare.js";
import { ModelRefused } from "./refusal.js";

/**
 * Asks an engine what the reference implementation in `training/` was asked, with the files that ship.
 * @throws ModelRefused when an answer is another one
 */
export async function assertGolden(engine: Engine): Promise<void> {
  const { bundle } = engine;
  const { cases, tolerance } = bundle.manifest.golden;
  for (const [i, golden] of cases.entries()) {
    const text = prepareText(golden.text, bundle.manifest.text);
    const [answer] = await engine.score(
      [{ text, truncate: true, field: "text" }],
      golden.tasks,
      new AbortController().signal,
    );
    if (answer && agrees(answer, golden, tolerance)) continue;
    throw new ModelRefused(
      "golden_mismatch",
      `${bundleId(bundle)} (${engine.name}) does not answer its golden case ${i} as it should, within ${tolerance}.`,
      { details: { case: i } },
    );
  }
}

/** The engine of a bundle that its golden cases are about. */
export function goldenEngine(bundle: Bundle, engines: readonly Engine[]): Engine | undefined {
  return engines.find(({ name }) => name === bundle.manifest.model.engine);
}

function agrees(answer: Scores | WrittenAnswer, golden: GoldenCase, tolerance: number): boolean {
  if ("written" in answer) return agreesInWords(answer, golden);
  const found = [answer.intent, answer.topic?.[0]?.logits, ...(answer.slots ?? [])];
  const { intent, topic, slots = [] } = golden.logits;
  const expected = [intent, topic, ...slots];
  return (
    found.length === expected.length &&
    expected.every(
      (row, i) => row?.length === found[i]?.length && (row ?? []).every((logit, j) => near(logit, found[i]![j]!)),
    )
  );

  function near(one: number, other: number): boolean {
    return Math.abs(one - other) <= tolerance;
  }
}

/** Weights that only write have no scores; a bundle may say what they write. */
function agreesInWords({ written }: WrittenAnswer, golden: GoldenCase): boolean {
  if (golden.written === undefined) return true;
  const { intent, topic } = readAnswer(golden.written);
  return written.intent?.name === intent && written.topic?.[0]?.name === topic;
}
