import { z } from "zod";
import { ENGINE_NAMES } from "../engines/engine.js";
import { ERROR_CODES } from "../errors.js";

const Confidence = z.number().min(0).max(1).describe("Calibrated probability.");
const Offset = z.int().nonnegative();
const Milliseconds = z.number().nonnegative();

export const Guess = z.strictObject({ name: z.string(), confidence: Confidence }).meta({ id: "Guess" });

/** `src/resolve/resolvable.ts` says what these mean. */
export const ResolvedAnswer = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("date"),
      value: z.string().describe("`YYYY-MM-DD`; of several days the first."),
      end: z.string().optional().describe("The last day, where there are several."),
    }),
    z.strictObject({ type: z.literal("datetime"), value: z.string().describe("ISO 8601, with the zone's offset.") }),
    z.strictObject({ type: z.literal("time"), value: z.string().describe("Time of day, `HH:MM`.") }),
    z.strictObject({ type: z.literal("duration"), value: z.string().describe("ISO 8601: `PT2H`.") }),
    z.strictObject({ type: z.literal("number"), value: z.number(), unit: z.string().optional() }),
  ])
  .meta({ id: "Resolved" });

export const SlotAnswer = z
  .strictObject({
    name: z.string(),
    value: z.string().describe("What the text says, letter by letter: `text.slice(start, end)`."),
    start: Offset.describe("First character, in the unit of the request's `offsets`."),
    end: Offset.describe("The character after the last."),
    confidence: Confidence,
    resolved: ResolvedAnswer.nullable()
      .optional()
      .describe(
        "With `resolve`, of slots that hold a date, time, duration or number: what it stands for; null: unclear.",
      ),
  })
  .meta({ id: "Slot" });

export const TopicAnswer = Guess.extend({
  group: z
    .string()
    .describe(
      "In `topic` the most probable group, by the sum of its topics; in `topic_ranking` the topic's own group.",
    ),
}).meta({ id: "Topic" });

/** What is answered to one text. A task that was not asked for is absent. */
export const TextAnswer = z
  .strictObject({
    text: z.string().describe("The text, as it was sent."),
    intent: Guess.nullable().optional().describe("null: out of scope."),
    intent_ranking: z
      .array(Guess)
      .optional()
      .describe("The `top_k` best intents, best first; never the label that stands for none of them."),
    out_of_scope: z
      .boolean()
      .optional()
      .describe("Present when the request or the model has an `oos_threshold`, or the model a label to reject with."),
    out_of_scope_score: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("1 less the confidence of the best intent, so high when out of scope. Present as `out_of_scope` is."),
    slots: z.array(SlotAnswer).optional().describe("In the order of the text; they never overlap."),
    topic: TopicAnswer.optional(),
    topic_ranking: z.array(TopicAnswer).optional().describe("The `top_k` best topics, best first."),
    truncated: z
      .strictObject({
        read_tokens: z.int().nonnegative().describe("What the task that read the least has read."),
        total_tokens: z.int().nonnegative(),
      })
      .optional()
      .describe("Present when the text was cut."),
  })
  .meta({ id: "TextAnswer" });

const RequestId = z.string().describe("The request's id, as in the header `x-request-id` and the log.");

/** Why the fallback answered: the code of the error that a caller would have got without it, or its own wish. */
export const FALLBACK_REASONS = ["engine_failed", "overloaded", "not_ready", "breaker_open", "requested"] as const;

export const Fallback = z
  .strictObject({
    from: z.string().describe("`name@version` of the model that was asked for."),
    reason: z.enum(FALLBACK_REASONS).describe("What kept it from answering; `requested`: the policy `only`."),
  })
  .meta({ id: "Fallback", description: "The fallback has answered for another model." });

/** Who answered, and what it took. */
const Envelope = z.strictObject({
  id: RequestId,
  model: z.string().describe("`name@version` of the model that answered."),
  engine: z.enum(ENGINE_NAMES),
  fallback: Fallback.nullable().describe("null: the model that was asked for has answered."),
  usage: z
    .strictObject({
      prompt_tokens: z.int().nonnegative().describe("Tokens that the model read, over all of its passes."),
      cached_tokens: z.int().nonnegative().describe("Tokens of the prompt that were taken from a cache."),
      generated_tokens: z.int().nonnegative().describe("Tokens that the model wrote: none in a single pass."),
      cached_texts: z
        .int()
        .positive()
        .optional()
        .describe("Texts whose answer was known and nothing was run for: the times are those of this request."),
      dropped_slots: z
        .int()
        .positive()
        .optional()
        .describe("Slot values that the model wrote and the text does not say: left out."),
    })
    .meta({ id: "Usage" }),
  timing_ms: z
    .strictObject({
      tokenize: Milliseconds.describe("Cutting the texts and turning them into tokens."),
      queue: Milliseconds.describe("From then until the first forward pass began."),
      inference: Milliseconds.describe("From then to the end of the last one."),
      decode: Milliseconds.describe("Making labels, slots and confidences of the scores."),
      total: Milliseconds.describe("From the request's arrival to the answer."),
    })
    .meta({ id: "Timing" }),
});

export const ClassifyAnswer = z
  .strictObject({ ...Envelope.shape, ...TextAnswer.shape })
  .meta({ id: "ClassifyAnswer", description: "The answer to `text`." });

export const BatchAnswer = z
  .strictObject({ ...Envelope.shape, results: z.array(TextAnswer) })
  .meta({ id: "BatchAnswer", description: "The answer to `texts`." });

/** One engine's part of a comparison: its answer, or why there is none. */
const ComparedAnswer = z
  .strictObject({
    model: Envelope.shape.model,
    engine: Envelope.shape.engine,
    answer: TextAnswer.extend({ usage: Envelope.shape.usage, timing_ms: Envelope.shape.timing_ms }).optional(),
    error: z.strictObject({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
  })
  .meta({ id: "ComparedAnswer", description: "Either `answer` or `error`." });

export const CompareAnswer = z
  .strictObject({
    id: RequestId,
    results: z.array(ComparedAnswer).describe("In the order in which the engines were named; they ran one by one."),
  })
  .meta({ id: "CompareAnswer" });

export type CompareAnswer = z.infer<typeof CompareAnswer>;
export type Fallback = z.infer<typeof Fallback>;
export type Guess = z.infer<typeof Guess>;
export type SlotAnswer = z.infer<typeof SlotAnswer>;
export type TopicAnswer = z.infer<typeof TopicAnswer>;
export type TextAnswer = z.infer<typeof TextAnswer>;
export type Envelope = z.infer<typeof Envelope>;
export type ClassifyAnswer = z.infer<typeof ClassifyAnswer>;
export type BatchAnswer = z.infer<typeof BatchAnswer>;
