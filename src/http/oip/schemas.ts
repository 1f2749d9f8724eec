import { z } from "zod";
import { ERROR_CODES } from "../../errors.js";

/**
 * The payloads of the Open Inference Protocol (v2) over REST. What the protocol does not know is passed over, as its other
 * servers do; the options in `parameters` are ours and are checked.
 */
const Parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const MOST_DIMENSIONS = 8;
const Shape = z.array(z.int().nonnegative());

export const InferRequest = z
  .object({
    id: z.string().max(200).optional().describe("Comes back in the answer."),
    parameters: Parameters.optional().describe(
      "Options of `POST /classify` by their names: `top_k`, `truncate`, …; `tasks` is a list with commas. Of Triton's own, " +
        "`timeout` (microseconds) and `binary_data_output` count and the others are passed over.",
    ),
    inputs: z
      .array(
        z.object({
          name: z.literal("text"),
          shape: Shape.min(1).max(MOST_DIMENSIONS).describe("The outputs have the same."),
          datatype: z.literal("BYTES"),
          parameters: Parameters.optional(),
          data: z.array(z.unknown()).optional().describe("Texts, flat or nested as `shape` says."),
        }),
      )
      .length(1)
      .describe("One tensor, `text`: every element is a text."),
    outputs: z
      .array(z.object({ name: z.string(), parameters: Parameters.optional() }))
      .optional()
      .describe("Those wanted, in this order; all by default. Tasks that none of them needs are not run."),
  })
  .meta({
    id: "InferRequest",
    example: { inputs: [{ name: "text", shape: [1], datatype: "BYTES", data: ["wake me up at nine on friday"] }] },
  });

const Datatype = z.enum(["BYTES", "FP32", "BOOL"]);

export const InferAnswer = z
  .strictObject({
    model_name: z.string().describe("Of the model that answered."),
    model_version: z.string(),
    id: z.string(),
    parameters: Parameters.describe("Who answered and what it took."),
    outputs: z.array(
      z.strictObject({
        name: z.string(),
        shape: Shape,
        datatype: Datatype,
        parameters: Parameters.optional(),
        data: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
      }),
    ),
  })
  .meta({ id: "InferAnswer" });

const Tensors = z.array(z.strictObject({ name: z.string(), datatype: Datatype, shape: z.array(z.int()) }));

export const ServerMetadata = z
  .strictObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: "ServerMetadata" });

export const ModelMetadata = z
  .strictObject({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string().describe("`onepass_` and the engine."),
    inputs: Tensors,
    outputs: Tensors,
  })
  .meta({ id: "ModelMetadata" });

export const ModelNames = z.strictObject({ models: z.array(z.string()) }).meta({ id: "ModelNames" });
export const ServerLive = z.strictObject({ live: z.boolean() }).meta({ id: "ServerLive" });
export const ServerReady = z.strictObject({ ready: z.boolean() }).meta({ id: "ServerReady" });
export const ModelReady = z.strictObject({ name: z.string(), ready: z.boolean() }).meta({ id: "ModelReady" });

/** The protocol's shape of an error, with our code beside it. */
export const InferError = z
  .strictObject({
    error: z.string(),
    code: z.enum(ERROR_CODES).describe("Stable; made for programs."),
    field: z.string().optional().describe("The request's field at fault, as a path: `inputs[0].data[3]`."),
  })
  .meta({ id: "InferError" });

export type InferRequest = z.infer<typeof InferRequest>;
export type InferAnswer = z.infer<typeof InferAnswer>;
export type Datatype = z.infer<typeof Datatype>;
