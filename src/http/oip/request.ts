import { isUtf8 } from "node:buffer";
import type { Manifest } from "../../bundle/manifest.js";
import { ClassifyRequest } from "../../classify/request.js";
import { OnepassError } from "../../errors.js";
import { parseBody } from "../parse.js";
import { wantedOutputs, type Output } from "./outputs.js";
import { InferRequest } from "./schemas.js";
import { invalid, readTexts } from "./tensors.js";

/** A request in the protocol's terms and in ours. */
export interface Inference {
  readonly id: string | undefined;
  readonly classify: ClassifyRequest;
  /** Of the input, and so of every output. */
  readonly shape: readonly number[];
  readonly outputs: readonly (Output & { readonly binary: boolean })[];
}

const Options = ClassifyRequest.omit({ text: true, texts: true, model: true });
const US_PER_MS = 1000;

/** What Triton's clients and gateways send along, and what means nothing here. */
const PASSED_OVER = ["sequence_id", "sequence_start", "sequence_end", "priority", "content_type", "headers"];
const isPassedOver = (name: string): boolean => PASSED_OVER.includes(name) || name.startsWith("triton_");

/**
 * body: as it was sent. headerBytes: how much of it is JSON, when the header of the binary extension says so.
 * model: `name@version`. @throws OnepassError, whose field may be one of ClassifyRequest
 */
export function readInference(
  body: Buffer,
  headerBytes: string | undefined,
  model: string,
  manifest: Pick<Manifest, "tasks">,
): Inference {
  const jsonBytes = headerBytes === undefined ? body.length : jsonLength(headerBytes, body.length);
  const {
    id,
    inputs,
    outputs: named,
    parameters = {},
  } = parseBody(InferRequest, parseJson(body.subarray(0, jsonBytes)));
  const { binary_data_output: allBinary = false, timeout, tasks: listed, ...others } = parameters;
  const { outputs, tasks } = wantedOutputs(manifest, named, listed === undefined ? undefined : listOf(listed));
  const options = parseBody(Options, {
    ...(typeof timeout === "number" && { timeout_ms: Math.ceil(timeout / US_PER_MS) }),
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !isPassedOver(name))),
    ...(tasks && { tasks }),
  });
  const [input] = inputs;
  if (!input) throw invalid('There is no input "text".', "inputs");
  return {
    id,
    classify: { ...options, model, texts: readTexts(input, body.subarray(jsonBytes)) },
    shape: input.shape,
    outputs: outputs.map((output, i) => {
      return { ...output, binary: (named?.[i]?.parameters?.binary_data ?? allBinary) === true };
    }),
  };
}

function listOf(names: string | number | boolean): string[] {
  return String(names)
    .split(",")
    .map((name) => name.trim());
}

function jsonLength(header: string, bodyBytes: number): number {
  const length = /^\d{1,12}$/.test(header) ? Number(header) : NaN;
  if (length <= bodyBytes) return length;
  throw invalid("The header does not say how much of the body is JSON.", "Inference-Header-Content-Length");
}

function parseJson(json: Buffer): unknown {
  if (!isUtf8(json)) throw new OnepassError("invalid_json", 400, "The body is not valid UTF-8.");
  try {
    return JSON.parse(json.toString());
  } catch {
    throw new OnepassError("invalid_json", 400, "The body is not valid JSON.");
  }
}
