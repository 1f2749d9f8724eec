import { z } from "zod";

/**
 * The protocol's payloads, written from its public specification (kserve/open-inference-protocol, inference_rest.md) and
 * not from our code: what a client that knows nothing of us may rely on. Loose where it allows more.
 */
const Parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const DATATYPES = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"] as const;
const Datatype = z.enum([...DATATYPES, "FP16", "FP32", "FP64", "BYTES"]);
const MetadataTensor = z.looseObject({
  name: z.string(),
  datatype: Datatype,
  shape: z.array(z.int().min(-1)), // -1: of any size
});

export const PROTOCOL = {
  live: z.looseObject({ live: z.boolean() }),
  ready: z.looseObject({ ready: z.boolean() }),
  modelReady: z.looseObject({ name: z.string(), ready: z.boolean() }),
  server: z.looseObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  model: z.looseObject({
    name: z.string(),
    versions: z.array(z.string()).optional(),
    platform: z.string(),
    inputs: z.array(MetadataTensor),
    outputs: z.array(MetadataTensor),
  }),
  inference: z.looseObject({
    model_name: z.string(),
    model_version: z.string().optional(),
    id: z.string(),
    parameters: Parameters.optional(),
    outputs: z.array(
      z.looseObject({
        name: z.string(),
        shape: z.array(z.int().nonnegative()),
        datatype: Datatype,
        parameters: Parameters.optional(),
        data: z.array(z.unknown()).optional(), // absent in the binary extension
      }),
    ),
  }),
  error: z.looseObject({ error: z.string().min(1) }),
};

/** Checks what a tensor's elements must be, and how many: the shape's product. */
export function checkTensors({ outputs }: z.infer<typeof PROTOCOL.inference>): void {
  const kinds: Record<string, string> = { BYTES: "string", FP32: "number", BOOL: "boolean" };
  for (const { name, shape, datatype, data } of outputs) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (data?.length !== size) throw new Error(`${name} has ${data?.length} elements for the shape [${shape.join()}]`);
    const stranger = data.find((value) => typeof value !== kinds[datatype]);
    if (stranger !== undefined) throw new Error(`${name} holds ${JSON.stringify(stranger)} as ${datatype}`);
  }
}
