import { OnepassError } from "../../errors.js";
import type { Datatype, InferRequest } from "./schemas.js";

/**
 * Tensors in JSON and in the binary form of Triton's extension: little-endian, row-major, a text behind its length in four
 * bytes.
 */
export type Value = string | number | boolean;

const LENGTH_BYTES = 4;
type Input = InferRequest["inputs"][number];

/** The texts of the input tensor, row-major. binary: what follows the JSON in the body. @throws OnepassError */
export function readTexts({ shape, data, parameters }: Input, binary: Buffer): string[] {
  const size = parameters?.binary_data_size;
  const texts = size === undefined ? (data ?? []).flat(shape.length - 1) : readBinary(binary, size);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (texts.length !== elements) {
    throw invalid(
      `The shape [${shape.join(", ")}] has ${elements} elements, "data" has ${texts.length}.`,
      "inputs[0].shape",
    );
  }
  for (const [i, text] of texts.entries()) {
    if (typeof text !== "string")
      throw invalid("Is no string, or nested other than its shape.", `inputs[0].data[${i}]`);
  }
  return texts as string[];
}

function readBinary(binary: Buffer, size: unknown): string[] {
  if (size !== binary.length) {
    throw invalid(
      `"binary_data_size" is ${String(size)}, but ${binary.length} bytes follow the JSON.`,
      "inputs[0].parameters.binary_data_size",
    );
  }
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const texts: string[] = [];
  for (let at = 0; at < binary.length;) {
    const start = at + LENGTH_BYTES;
    const end = start > binary.length ? Infinity : start + binary.readUInt32LE(at);
    if (end > binary.length) throw invalid("The binary data ends within a text.", `inputs[0].data[${texts.length}]`);
    try {
      texts.push(decoder.decode(binary.subarray(start, end)));
    } catch {
      const field = `inputs[0].data[${texts.length}]`;
      throw new OnepassError("invalid_text", 400, "The text is not valid UTF-8.", { field });
    }
    at = end;
  }
  return texts;
}

export function writeBinary(values: readonly Value[], datatype: Datatype): Buffer {
  return Buffer.concat(values.map((value) => ELEMENTS[datatype](value)));
}

const ELEMENTS: Record<Datatype, (value: Value) => Buffer> = {
  BOOL: (value) => Buffer.of(value === true ? 1 : 0),
  FP32: (value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(Number(value));
    return bytes;
  },
  BYTES: (value) => {
    const text = Buffer.from(String(value));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(text.length);
    return Buffer.concat([length, text]);
  },
};

export function invalid(message: string, field: string): OnepassError {
  return new OnepassError("invalid_request", 400, message, { field });
}
