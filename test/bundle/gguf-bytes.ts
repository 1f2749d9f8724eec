/** A GGUF as it should be, to be spoiled part by part. */
export interface GgufParts {
  magic: string;
  version: number;
  /** Instead of the true numbers. */
  tensorCount?: bigint;
  valueCount?: bigint;
  values: [key: string, value: Buffer][];
  tensors: { name: string; shape: bigint[]; type: number; offset: bigint }[];
  weights: Buffer;
}

export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
};
const string = (text: string) => Buffer.concat([u64(BigInt(Buffer.byteLength(text))), Buffer.from(text)]);

/** Values with their types in front. */
export const uint32 = (value: number) => Buffer.concat([u32(4), u32(value)]);
export const text = (value: string) => Buffer.concat([u32(8), string(value)]);
export const strings = (values: string[], count = BigInt(values.length)) =>
  Buffer.concat([u32(9), u32(8), u64(count), ...values.map(string)]);
export const numbers = (type: number, count: number, claimed = BigInt(count)) =>
  Buffer.concat([u32(9), u32(type), u64(claimed), Buffer.alloc(4 * count)]);

export const FLOAT32 = 6;
export const INT32 = 5;

export function soundGguf(): GgufParts {
  return {
    magic: "GGUF",
    version: 3,
    values: [
      ["general.architecture", text("llama")],
      ["llama.block_count", uint32(1)],
      ["llama.context_length", uint32(128)],
      ["llama.embedding_length", uint32(32)],
      ["llama.feed_forward_length", uint32(64)],
      ["llama.attention.head_count", uint32(2)],
      ["tokenizer.ggml.tokens", strings(["a", "b", "c"])],
      ["tokenizer.ggml.scores", numbers(FLOAT32, 3)],
      ["tokenizer.ggml.token_type", numbers(INT32, 3)],
      ["tokenizer.ggml.bos_token_id", uint32(2)],
    ],
    tensors: [
      { name: "token_embd.weight", shape: [32n, 3n], type: 8, offset: 0n }, // Q8_0: 102 bytes
      { name: "output_norm.weight", shape: [32n], type: 0, offset: 128n },
    ],
    weights: Buffer.alloc(128 + 128),
  };
}

export function ggufBytes(change: Partial<GgufParts> = {}): Buffer {
  const parts = { ...soundGguf(), ...change };
  const head = Buffer.concat([
    Buffer.from(parts.magic),
    u32(parts.version),
    u64(parts.tensorCount ?? BigInt(parts.tensors.length)),
    u64(parts.valueCount ?? BigInt(parts.values.length)),
    ...parts.values.flatMap(([key, value]) => [string(key), value]),
    ...parts.tensors.flatMap(({ name, shape, type, offset }) => [
      string(name),
      u32(shape.length),
      ...shape.map(u64),
      u32(type),
      u64(offset),
    ]),
  ]);
  return Buffer.concat([head, Buffer.alloc(-head.length & 31), parts.weights]);
}
