import type { ZodOpenApiOperationObject } from "zod-openapi";
import { body, faultsAs, json, read, type Paths } from "../openapi/operations.js";
import {
  InferAnswer,
  InferError,
  InferRequest,
  ModelMetadata,
  ModelNames,
  ModelReady,
  ServerLive,
  ServerMetadata,
  ServerReady,
} from "./schemas.js";

const TAG = "Open Inference Protocol";

const inPath = (name: string, description: string) => {
  return { name, in: "path" as const, required: true, description, schema: { type: "string" as const } };
};
const NAME = inPath("name", "`name` (its highest version) or `name@version`");
const VERSION = inPath("version", "such as `1.0.0`");

const UNKNOWN = { 404: json("There is no such model", InferError) };
const NOT_KNOWN_YET = { 503: json("The models are still being looked for", InferError) };
const NOT_READY = { 503: json("Not ready", ModelReady.or(InferError)) };

const BINARY = { "application/octet-stream": { schema: { type: "string" as const, format: "binary" } } };
const tensors = json("The tensors, an element for each text", InferAnswer);

const infer: ZodOpenApiOperationObject = {
  tags: [TAG],
  summary: "Intent, slots and topic of the texts of a tensor",
  description:
    "Tensors may also be sent and asked for in binary, behind the JSON: Triton's extension, with its header " +
    "`Inference-Header-Content-Length`.",
  requestBody: body(InferRequest, {
    texts: {
      summary: "Two texts, every output",
      value: {
        inputs: [
          { name: "text", shape: [2], datatype: "BYTES", data: ["wake me up at nine on friday", "play some jazz"] },
        ],
      },
    },
    intent: {
      summary: "The intent alone, with options",
      value: {
        id: "42",
        parameters: { oos_threshold: 0.3, timeout_ms: 500 },
        inputs: [{ name: "text", shape: [1], datatype: "BYTES", data: ["wake me up at nine on friday"] }],
        outputs: [{ name: "intent" }, { name: "intent_confidence" }],
      },
    },
  }),
  responses: {
    200: { ...tensors, content: { ...tensors.content, ...BINARY } },
    ...UNKNOWN,
    ...faultsAs(InferError),
  },
};

/** suffix: of the operations' names, which are to differ. */
function pathsOf(model: string, parameters: (typeof NAME)[], suffix: string): Paths {
  const metadata = read(`oipModel${suffix}`, TAG, "A model's tensors", ModelMetadata, { ...UNKNOWN, ...NOT_KNOWN_YET });
  const ready = read(`oipModelReady${suffix}`, TAG, "Whether a model answers", ModelReady, {
    ...UNKNOWN,
    ...NOT_READY,
  });
  return {
    [model]: { get: { ...metadata, parameters } },
    [`${model}/ready`]: { get: { ...ready, parameters } },
    [`${model}/infer`]: { post: { ...infer, operationId: `oipInfer${suffix}`, parameters } },
  };
}

export const oipPaths: Paths = {
  "/v2": { get: read("oipServer", TAG, "Name, version and extensions of the server", ServerMetadata) },
  "/v2/health/live": { get: read("oipLive", TAG, "Whether the process runs", ServerLive) },
  "/v2/health/ready": {
    get: read("oipReady", TAG, "Whether requests will be answered", ServerReady, {
      503: json("Not ready", ServerReady),
    }),
  },
  "/v2/models": { get: read("oipModels", TAG, "Names of the models", ModelNames) },
  ...pathsOf("/v2/models/{name}", [NAME], ""),
  ...pathsOf("/v2/models/{name}/versions/{version}", [NAME, VERSION], "Version"),
};
