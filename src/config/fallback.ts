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
  runTimeoutMs: whole(1, MAX_MS)
    .default(20_000)
    .describe(
      "Longest time that an engine may run for one text, in milliseconds, its wait in a queue not counted. Then it has failed, " +
        "and the fallback has what is left of the request's time.",
    ),
};
