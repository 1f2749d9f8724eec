import { bundleId } from "../bundle/bundle.js";
import type { Engine } from "../engines/engine.js";
import { goldenResults } from "../engines/golden.js";
import { ModelRefused } from "./refusal.js";

/** @throws ModelRefused when an engine answers its golden cases otherwise than it was published with */
export async function assertGolden(engine: Engine): Promise<void> {
  const number = (await goldenResults(engine)).findIndex(({ agrees }) => !agrees);
  if (number < 0) return;
  const { tolerance } = engine.bundle.manifest.golden;
  throw new ModelRefused(
    "golden_mismatch",
    `${bundleId(engine.bundle)} (${engine.name}) does not answer its golden case ${number} as it should, within ${tolerance}.`,
    { details: { case: number } },
  );
}
