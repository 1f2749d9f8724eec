import { z } from "zod";
import { ENGINE_NAMES } from "../engines/engine.js";
import { ERROR_CODES } from "../errors.js";
import { TASK_NAMES } from "../tasks/task.js";

const Answerer = z.strictObject({ model: z.string(), engine: z.enum(ENGINE_NAMES) });
const Count = z.int().nonnegative();
const Quantiles = z.strictObject({ p50: z.number(), p95: z.number() });

const Labels = z
  .strictObject({
    intent: z.string().nullable().optional(),
    slots: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    topic: z.string().optional(),
  })
  .describe("What was answered to the tasks in question.");

const Disagreement = z
  .strictObject({
    id: z.string().describe("The request's id, as in the log."),
    index: Count.describe("Which of the request's texts, from 0."),
    at: z.string().describe("When it was seen, as ISO 8601."),
    tasks: z.array(z.enum(TASK_NAMES)).describe("On which the two disagree."),
    text: z
      .string()
      .optional()
      .describe("Present when this request's texts may be kept (`ONEPASS_LOG_TEXT`), redacted."),
    answer: Labels.optional().describe("Of the model that answered; present as `text` is."),
    shadow: Labels.optional().describe("Of the shadow; present as `text` is."),
  })
  .meta({ id: "Disagreement" });

const Pair = z
  .strictObject({
    answerer: Answerer.describe("Whose answers the callers got."),
    shadow: Answerer.describe("Who was asked, too."),
    requests: Count.describe("Requests that both have answered."),
    failures: z
      .partialRecord(z.enum(ERROR_CODES), Count)
      .describe("Requests that the shadow could not answer, by its error's code."),
    agreement: z
      .partialRecord(
        z.enum(TASK_NAMES),
        z.strictObject({ texts: Count, agreed: Count, share: z.number().min(0).max(1) }),
      )
      .describe("Texts whose two answers say the same: one intent, one set of slots, one topic."),
    inference_ms: z
      .strictObject({
        answerer: Quantiles,
        shadow: Quantiles,
        difference: Quantiles.describe("Shadow's less answerer's, request by request."),
      })
      .optional()
      .describe("Of the latest requests, up to 1,000; absent before the first."),
    disagreements: z.array(Disagreement).describe("The latest, up to 50, newest first."),
  })
  .meta({ id: "ShadowPair" });

/** What `GET /compare/summary` answers. */
export const ShadowSummary = z
  .strictObject({
    shadow: z
      .strictObject({
        name: z.string().describe("The model or engine of `ONEPASS_SHADOW_MODEL`."),
        share: z.number().min(0).max(1).describe("Of the answered requests that it is asked, too."),
      })
      .nullable()
      .describe("null: nobody is asked beside the models that answer."),
    since: z.string().describe("The process's start, as ISO 8601: nothing here outlives it."),
    dropped: Count.describe(
      "Sampled requests that the shadow was not asked, since it or the server had no time to spare.",
    ),
    pairs: z.array(Pair),
  })
  .meta({ id: "ShadowSummary" });

/** Of a server that has no shadow. */
export function noShadow(since: string): ShadowSummary {
  return { shadow: null, since, dropped: 0, pairs: [] };
}

export type ShadowSummary = z.infer<typeof ShadowSummary>;
export type ShadowPair = z.infer<typeof Pair>;
export type Disagreement = z.infer<typeof Disagreement>;
