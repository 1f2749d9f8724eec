import { z } from "zod";
import { ENGINE_NAMES, RUNTIME_NAMES } from "../engines/engine.js";
import { ERROR_CODES } from "../errors.js";

const Model = z.string().describe("`name@version`");
const Engine = z.enum(ENGINE_NAMES);
const State = z.enum(["loading", "ready", "failed"]);
const Labels = z.array(z.string());

/** The one shape of every error. */
export const ErrorAnswer = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(ERROR_CODES).describe("Stable; made for programs."),
      message: z.string().describe("Made for people; may change."),
      field: z.string().optional().describe("The request's field at fault, as a path: `texts[3]`."),
      details: z.unknown().optional().describe("Figures of the fault, by code."),
    }),
  })
  .meta({ id: "Error" });

export const Liveness = z.strictObject({ status: z.literal("ok") }).meta({ id: "Liveness" });

export const Readiness = z
  .strictObject({
    status: z
      .enum(["ready", "loading", "unavailable", "draining"])
      .describe("`ready`: the default model or its fallback answers."),
    engines: z.array(
      z.strictObject({
        model: Model,
        engine: Engine.optional().describe("Absent when the bundle could not be read."),
        state: State,
        default: z.boolean(),
        fallback: z.boolean(),
        error: z.string().optional().describe("Present when failed."),
      }),
    ),
  })
  .meta({ id: "Readiness" });

export const ModelInfo = z
  .strictObject({
    model: Model,
    name: z.string(),
    version: z.string(),
    engine: Engine,
    runtime: z.enum(RUNTIME_NAMES).optional().describe("The library that runs it; absent until it is ready."),
    state: State,
    default: z.boolean().describe("Answers requests that name no model."),
    fallback: z.boolean().describe("Answers when another model fails."),
    description: z.string(),
    language: z.string(),
    license: z.string(),
    tasks: z.strictObject({
      intent: z
        .strictObject({
          labels: Labels,
          reject: z.string().optional().describe("Of the labels the one that stands for none of the others."),
          oos_threshold: z.number().min(0).max(1).optional().describe("In force when a request has none."),
        })
        .optional(),
      slots: z.strictObject({ labels: Labels.describe("Names of slots.") }).optional(),
      topic: z
        .strictObject({ labels: Labels, groups: z.record(z.string(), z.string()).describe("Group by label.") })
        .optional(),
    }),
    limits: z.strictObject({
      window_tokens: z.int().positive().describe("Most tokens of a text that intent and slots are read from."),
      max_tokens: z.int().positive().describe("Most tokens of a text that the topic is read from."),
    }),
  })
  .meta({ id: "Model" });

export const ModelsAnswer = z.strictObject({ models: z.array(ModelInfo) }).meta({ id: "Models" });

export const VersionAnswer = z
  .strictObject({
    name: z.string(),
    version: z.string().describe("Version of the server and of its API, by semantic versioning."),
    bundle_format: z.string().describe("Version of the bundle format that the server reads."),
    node: z.string(),
  })
  .meta({ id: "Version" });
