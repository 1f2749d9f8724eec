import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HeaderFault } from "../../src/bundle/cursor.js";
import { checkGguf } from "../../src/bundle/gguf.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { withCursor } from "./cursors.js";
import {
  FLOAT32,
  ggufBytes,
  INT32,
  numbers,
  soundGguf,
  strings,
  text,
  u32,
  u64,
  uint32,
  type GgufParts,
} from "./gguf-bytes.js";

const check = (bytes: Buffer) => {
  withCursor(bytes, checkGguf);
};
/** The sound file with one value in place of another, or added. */
const withValue = (key: string, value: Buffer): Partial<GgufParts> => {
  const { values } = soundGguf();
  return { values: [...values.filter(([name]) => name !== key), [key, value]] };
};
const withoutValue = (key: string): Partial<GgufParts> => ({
  values: soundGguf().values.filter(([name]) => name !== key),
});
const withTensor = (change: Partial<GgufParts["tensors"][number]>): Partial<GgufParts> => {
  const [first, second] = soundGguf().tensors;
  return { tensors: [first!, { ...second!, ...change }] };
};

test("a sound file passes, as do those that ship", () => {
  check(ggufBytes());
  check(ggufBytes({ version: 2 }));
  for (const bundle of ["test/fixtures/tiny-causal", "test/fixtures/tiny-prefix", "models/onepass-en"]) {
    check(readFileSync(join(PACKAGE_ROOT, bundle, "decoder.gguf")));
  }
});

test("values that nobody asks about may be of any kind", () => {
  const kinds = [0, 1, 7].map((type) => Buffer.concat([u32(type), Buffer.alloc(1)]));
  const wide = [10, 11, 12].map((type) => Buffer.concat([u32(type), u64(-1n)]));
  for (const value of [...kinds, ...wide, strings([]), numbers(INT32, 2), text("x".repeat(5_000))]) {
    check(ggufBytes(withValue("own.value", value)));
  }
});

test.each<[string, Partial<GgufParts>, string]>([
  ["another file's letters", { magic: "GGML" }, "no GGUF"],
  ["a version of long ago", { version: 1 }, "version 1"],
  ["numbers in the other order of bytes", { version: 0x03000000 }, "version"],
  ["more tensors than there are", { tensorCount: 3n }, "tensor"],
  ["2^64 - 1 tensors", { tensorCount: -1n }, "beyond all bounds"],
  ["no tensors", { tensors: [], weights: Buffer.alloc(0) }, "0 tensors"],
  ["2^40 values", { valueCount: 2n ** 40n }, "values"],
  ["fewer values than there are", { valueCount: 6n }, "tokenizer.ggml.tokens"],
  ["a value twice", { values: [...soundGguf().values, ["llama.block_count", uint32(1)]] }, "twice"],
  ["a value without a key", withValue("", uint32(1)), "without a key"],
  ["an unknown type", withValue("own.value", u32(13)), "unknown type 13"],
  ["a text of 2^63 bytes", withValue("own.value", Buffer.concat([u32(8), u64(2n ** 63n)])), "beyond all bounds"],
  ["a text longer than the file", withValue("own.value", Buffer.concat([u32(8), u64(2n ** 32n)])), "the file ends"],
  ["arrays in an array", withValue("own.value", Buffer.concat([u32(9), u32(9), u64(1n)])), "array"],
  [
    "an array of 2^40 bytes",
    withValue("own.value", Buffer.concat([u32(9), u32(0), u64(2n ** 40n)])),
    "more than the file",
  ],
  ["an array of 2^50 strings", withValue("tokenizer.ggml.tokens", strings(["a"], 2n ** 50n)), "more than the file"],
  [
    "an array whose bytes would wrap around",
    withValue("own.value", Buffer.concat([u32(9), u32(12), u64(2n ** 61n + 1n)])),
    "beyond all",
  ],
  ["no architecture", withoutValue("general.architecture"), "architecture"],
  ["no layers", withValue("llama.block_count", uint32(0)), "llama.block_count is 0"],
  ["2^32 - 1 layers", withValue("llama.block_count", uint32(2 ** 32 - 1)), "llama.block_count"],
  ["layers in words", withValue("llama.block_count", text("one")), "llama.block_count is a text"],
  ["states without a width", withValue("llama.embedding_length", uint32(0)), "embedding_length"],
  ["no number of heads", withoutValue("llama.attention.head_count"), "head_count is absent"],
  ["no width of its hidden layers", withoutValue("llama.feed_forward_length"), "feed_forward_length is absent"],
  ["an odd rotation", withValue("llama.rope.dimension_count", uint32(7)), "pairs"],
  ["a rotation wider than a head", withValue("llama.rope.dimension_count", uint32(18)), "pairs"],
  ["more heads than the state has parts", withValue("llama.attention.head_count", uint32(64)), "pairs"],
  ["heads that do not share keys", withValue("llama.attention.head_count_kv", uint32(3)), "share"],
  ["heads without keys", withValue("llama.attention.head_count_kv", uint32(0)), "share"],
  ["no tokens", withValue("tokenizer.ggml.tokens", strings([])), "tokenizer.ggml.tokens"],
  ["fewer scores than tokens", withValue("tokenizer.ggml.scores", numbers(FLOAT32, 2)), "tokenizer.ggml.scores"],
  ["fewer kinds than tokens", withValue("tokenizer.ggml.token_type", numbers(INT32, 2)), "tokenizer.ggml.token_type"],
  ["kinds of another type", withValue("tokenizer.ggml.token_type", numbers(FLOAT32, 3)), "tokenizer.ggml.token_type"],
  ["merges that are numbers", withValue("tokenizer.ggml.merges", numbers(INT32, 3)), "merges"],
  ["a first token beyond the last", withValue("tokenizer.ggml.bos_token_id", uint32(3)), "bos_token_id is 3"],
  ["an alignment of none", withValue("general.alignment", uint32(0)), "alignment"],
  ["an alignment of 48", withValue("general.alignment", uint32(48)), "alignment"],
  ["an alignment of 2^31", withValue("general.alignment", uint32(2 ** 31)), "alignment"],
  ["a tensor twice", withTensor({ name: "token_embd.weight" }), "twice"],
  ["a long name", withTensor({ name: "x".repeat(64) }), "64 bytes"],
  ["no dimension", withTensor({ shape: [] }), "0 dimensions"],
  ["five dimensions", withTensor({ shape: [1n, 1n, 1n, 1n, 1n] }), "5 dimensions"],
  ["an empty dimension", withTensor({ shape: [32n, 0n] }), "larger than the file"],
  ["a dimension below zero", withTensor({ shape: [-32n] }), "beyond all bounds"],
  ["sizes whose product would wrap around to 32", withTensor({ shape: [2n ** 32n, 2n ** 32n, 32n] }), "larger than"],
  ["sizes whose bytes would wrap around", withTensor({ shape: [2n ** 52n, 2n ** 10n] }), "larger than the file"],
  ["an unknown kind of weights", withTensor({ type: 77 }), "unknown type"],
  ["whole numbers as weights", withTensor({ type: 26 }), "unknown type"],
  ["a kind that was given up", withTensor({ type: 4 }), "unknown type"],
  ["half a block", withTensor({ type: 8, shape: [48n] }), "blocks of 32"],
  ["an offset out of the file", withTensor({ offset: 2n ** 40n }), "begins at"],
  ["an offset into another tensor", withTensor({ offset: 0n }), "begins at 0, not at 128"],
  ["an offset off the grid", withTensor({ offset: 102n }), "begins at 102"],
  ["weights that are cut short", { weights: Buffer.alloc(255) }, "end"],
])("a file with %s is refused", (_name, change, message) => {
  const bytes = ggufBytes(change);
  expect(() => {
    check(bytes);
  }).toThrow(HeaderFault);
  expect(() => {
    check(bytes);
  }).toThrow(message);
});

test("a file that ends anywhere is refused", () => {
  const bytes = ggufBytes();
  for (let end = 0; end < bytes.length; end++)
    expect(() => {
      check(bytes.subarray(0, end));
    }, `${end}`).toThrow(HeaderFault);
});
