import { z } from "zod";
import { ADAPTERS } from "./adapters.js";
import { FALLBACK } from "./fallback.js";
import { LIMITS } from "./limits.js";
import { MODELS } from "./models.js";
import { OBSERVABILITY } from "./observability.js";
import { SCHEDULING } from "./scheduling.js";
import { SECURITY } from "./security.js";
import { SERVER } from "./server.js";
import { SHADOW } from "./shadow.js";
import { WORKERS } from "./workers.js";

/** Every setting. The variable of `maxTexts` is `ONEPASS_MAX_TEXTS`; the descriptions are the pages of the manual. */
export const Settings = z.strictObject({
  ...SERVER,
  ...MODELS,
  ...WORKERS,
  ...FALLBACK,
  ...SHADOW,
  ...LIMITS,
  ...SCHEDULING,
  ...SECURITY,
  ...OBSERVABILITY,
  ...ADAPTERS,
});

export const PREFIX = "ONEPASS_";

/** `maxTexts` -> `ONEPASS_MAX_TEXTS`. */
export function variable(setting: string): string {
  return PREFIX + setting.replace(/[A-Z]/g, "_$&").toUpperCase();
}
