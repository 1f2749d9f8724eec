import { z } from "zod";
import { ENGINE_NAMES } from "../engines/engine.js";
import { TASK_NAMES } from "../tasks/task.js";

/** When the fallback answers for the model that a request asks for. */
export const FALLBACK_POLICIES = ["auto", "never", "only"] as const;
export type FallbackPolicy = (typeof FALLBACK_POLICIES)[number];

const MAX_TOP_K = 100;
const MAX_TIMEOUT_MS = 3_600_000;

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What `POST /classify` takes: the parser, the type and the documentation. */
export const ClassifyRequest = z
  .strictObject({
    text: z.string().optional().describe("The text to classify. Either `text` or `texts`."),
    texts: z
      .array(z.string())
      .optional()
      .describe("Several texts, answered in order. One that can't be answered refuses the whole request."),
    tasks: z
      .array(z.enum(TASK_NAMES))
      .min(1)
      .optional()
      .describe("What to answer; all that the model can by default. Tasks that are not asked for cost less."),
    model: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("A model of `GET /models`, as `name` (its highest version) or `name@version`."),
    engine: z
      .enum(ENGINE_NAMES)
      .optional()
      .describe("How the text is to be read. Without `model`, the first model with this engine answers."),
    top_k: z.int().min(1).max(MAX_TOP_K).default(5).describe("Length of `intent_ranking` and `topic_ranking`."),
    offsets: z
      .enum(["utf16", "code_points"])
      .default("utf16")
      .describe("Unit of the slots' `start` and `end`: UTF-16 code units (JavaScript, Java) or code points (Python)."),
    truncate: z
      .boolean()
      .default(false)
      .describe("Read the beginning of a text that is too long, instead of refusing it; `truncated` says how much."),
    oos_threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "Below this confidence of the best intent the text is out of scope: `intent` is null. By default the model's " +
          "own threshold; 0 rejects nothing.",
      ),
    fallback: z
      .union(
        [z.enum(FALLBACK_POLICIES), z.boolean()],
        `must be ${FALLBACK_POLICIES.map((one) => `"${one}"`).join(" or ")}`,
      )
      .transform((policy): FallbackPolicy => (policy === true ? "auto" : policy === false ? "never" : policy))
      .optional()
      .describe(
        "Whether the fallback model answers: `auto` (or true) when the one asked for fails, is overloaded or not ready, `never` " +
          "(or false), `only`: without asking the other. The answer says so. The server's own policy by default.",
      ),
    timeout_ms: z
      .int()
      .min(1)
      .max(MAX_TIMEOUT_MS)
      .optional()
      .describe("Longest time for the answer, in milliseconds; the server's own limit is the longest that counts."),
    resolve: z
      .boolean()
      .default(false)
      .describe("Say what dates, times, durations and numbers stand for: `resolved` of a slot. English."),
    timezone: z
      .string()
      .max(100)
      .refine(isTimezone, "must be an IANA time zone such as Europe/Berlin")
      .default("UTC")
      .describe("Where the text was said; for `resolve`."),
    reference_time: z.iso
      .datetime({ offset: true, error: "must be a time in ISO 8601 with an offset: 2026-11-30T09:00:00+01:00" })
      .optional()
      .describe("When the text was said; for `resolve`. Now by default."),
  })
  .meta({ id: "ClassifyRequest" });

const MAX_COMPARED = 20;

export const CompareRequest = ClassifyRequest.omit({ texts: true, model: true, engine: true, fallback: true })
  .extend({
    text: z.string().describe("The text to classify."),
    engines: z
      .array(
        z
          .strictObject({ engine: ClassifyRequest.shape.engine, model: ClassifyRequest.shape.model })
          .refine(({ engine, model }) => engine ?? model, 'must name an "engine", a "model" or both'),
      )
      .min(1)
      .max(MAX_COMPARED)
      .optional()
      .describe("Who is to answer; by default every engine of every model that is ready."),
  })
  .meta({ id: "CompareRequest" });

export type CompareRequest = z.infer<typeof CompareRequest>;
export type ClassifyRequest = z.infer<typeof ClassifyRequest>;
