import type { BatchAnswer } from "../../classify/answer.js";
import type { Inference } from "./request.js";
import type { InferAnswer } from "./schemas.js";
import { writeBinary } from "./tensors.js";

/** An answer and the tensors that follow it, in the order of its outputs. */
export interface EncodedAnswer {
  readonly answer: InferAnswer;
  readonly binary: readonly Buffer[];
}

/** The answer in the protocol's terms. */
export function inferAnswer(
  { results, model, engine, fallback, usage, timing_ms, id }: BatchAnswer,
  { id: given = id, shape, outputs }: Pick<Inference, "id" | "shape" | "outputs">,
): EncodedAnswer {
  const at = model.lastIndexOf("@");
  const binary: Buffer[] = [];
  const tensors = outputs.map(({ name, datatype, read, binary: asBinary }) => {
    const values = results.map(read);
    const head = { name, shape: [...shape], datatype };
    if (!asBinary) return { ...head, data: values };
    const bytes = writeBinary(values, datatype);
    binary.push(bytes);
    return { ...head, parameters: { binary_data_size: bytes.length } };
  });
  return {
    answer: {
      model_name: model.slice(0, at),
      model_version: model.slice(at + 1),
      id: given,
      parameters: {
        engine,
        fallback: fallback !== null,
        ...(fallback && { fallback_from: fallback.from, fallback_reason: fallback.reason }),
        prompt_tokens: usage.prompt_tokens,
        inference_ms: timing_ms.inference,
        total_ms: timing_ms.total,
      },
      outputs: tensors,
    },
    binary,
  };
}
