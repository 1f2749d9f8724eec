import type { EnginePool } from "../classify/pool.js";
import type { Config } from "../config/read.js";
import type { Metrics } from "../metrics/metrics.js";
import type { KeepTexts } from "../shadow/kept.js";
import { Shadow } from "../shadow/shadow.js";

/** Undefined where the settings name none, and then it costs nothing. */
export function createShadow(
  { shadowModel, shadowShare, timeoutMs }: Config,
  pool: EnginePool,
  metrics: Metrics,
  keepTexts: KeepTexts,
): Shadow | undefined {
  if (shadowModel === undefined || shadowShare === 0) return undefined;
  return new Shadow(pool, metrics, { name: shadowModel, share: shadowShare, timeoutMs, keepTexts });
}
