import { MAX_MS, ModelName, oneOf, whole } from "./values.js";

/** Who answers when the model that was asked for can't. */
export const FALLBACK = {
  fallback: oneOf("auto", "never", "only")
    .default("auto")
    .describe(
      "Whether the fallback model answers, where a request does not say: `auto` when the model asked for fails, is overloaded, " +
        "not ready or left alone by its breaker; `never`; `only`: always, without asking the other.",
    ),
  fallbackModel: ModelName.optional().describe(
    "The fallback model. Unset: the first `dual-encoder` model; `none`: no fallback.",
  ),
  breakerFailures: whole(0, 1_000)
    .default(5)
    .describe("Failures of an engine in a row that open its circuit breaker; `0`: it never opens."),
  breakerResetMs: whole(1, MAX_MS)
    .default(2_000)
    .describe("How long a breaker stays open, in milliseconds, before one request probes the engine again."),
  breakerTimeoutMs: whole(1, MAX_MS)
    .default(10_000)
    .describe(
      "An engine that has run at least so long, in milliseconds, when a request's time is over has failed. Shorter " +
        "deadlines are the callers' choice and count for nothing.",
    ),
};
