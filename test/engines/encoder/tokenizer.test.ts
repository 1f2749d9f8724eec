import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EncoderModel } from "../../../src/bundle/manifest.js";
import { loadTokenizer } from "../../../src/engines/encoder/tokenizer.js";
import { BYTE_TOKENS } from "../../../src/engines/encoder/whole-text.js";
import { BundleError } from "../../../src/errors.js";
import { prepareText } from "../../../src/text/prepare.js";
import { encoderManifest } from "../../bundle/manifests.js";

const manifest = encoderManifest();
const spec = manifest.model as EncoderModel;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "onepass-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A WordPiece tokenizer of a few words; `splitter` is its pre-tokenizer. */
async function tokenizerWith(splitter: string) {
  const words = ["[UNK]", "[CLS]", "[SEP]", "wake", "me", "##up", "[", "]", "sep", "cls"];
  const json = {
    version: "1.0",
    added_tokens: ["[UNK]", "[CLS]", "[SEP]"].map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: false,
    },
    pre_tokenizer: { type: splitter },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(json));
  return loadTokenizer({ folder, manifest, path: (file) => join(folder, file) }, spec);
}

test("special tokens in a text are plain characters", async () => {
  const pieces = await tokenizerWith("BertPreTokenizer");
  const { ids, words } = pieces.encode(prepareText("wake [SEP] meup zzz", manifest.text));
  expect(ids).toEqual([3, 6, 8, 7, 4, 5, 0]);
  expect(words).toEqual([0, 2, 4, 6]);
});

test("refuses a tokenizer that lets a text forge special tokens", async () => {
  await expect(tokenizerWith("WhitespaceSplit")).rejects.toThrow(BundleError);
  await expect(tokenizerWith("WhitespaceSplit")).rejects.toThrow("text can forge the special token 1 ([CLS])");
});

test("refuses what is no tokenizer", async () => {
  await writeFile(join(folder, "tokenizer.json"), "{}");
  const bundle = { folder, manifest, path: (file: string) => join(folder, file) };
  await expect(loadTokenizer(bundle, spec)).rejects.toThrow("tokenizer.json: can't be read as a tokenizer");
});

/** A byte-level BPE of single bytes, as RoBERTa's with its special tokens. */
async function byteLevel(change: object, spec: Partial<EncoderModel>) {
  const special = ["<s>", "<pad>", "</s>", "<unk>"];
  const vocab = Object.fromEntries([...special, ...BYTE_TOKENS].map((token, id) => [token, id]));
  const json = {
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    post_processor: null,
    decoder: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", unk_token: null, vocab, merges: [] },
    ...change,
  };
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(json));
  const model = { ...(manifest.model as EncoderModel), cls: 0, sep: 2, ...spec };
  return loadTokenizer({ folder, manifest, path: (file) => join(folder, file) }, model);
}
const bytes = (text: string) => [...Buffer.from(text)].map((byte) => 4 + byte);

test.each(["pieces", "text"] as const)("a tokenizer that adds a space itself adds none to %s", async (tokenization) => {
  const tokenizer = await byteLevel({}, { tokenization });
  expect(tokenizer.encode(prepareText("(up)!", manifest.text))).toEqual({ ids: bytes(" (up)!"), words: [2] });
});

test("a text begins as the graph of the slots learnt it, and otherwise for the other graph", async () => {
  const [labels, slots] = (manifest.model as EncoderModel).graphs;
  const graphs = [{ ...labels!, add_prefix_space: false }, slots!];
  const tokenizer = await byteLevel({}, { tokenization: "text", graphs });
  const beginning = { ids: bytes("a"), replaces: 2 };
  expect(tokenizer.encode(prepareText("a b", manifest.text))).toEqual({ ids: bytes(" a b"), words: [0, 2], beginning });
});

test.each([
  ["a normalizer", { normalizer: { type: "Lowercase" } }],
  ["a vocabulary that lacks bytes", { model: { type: "BPE", unk_token: null, vocab: { a: 9 }, merges: [] } }],
  ["another splitter", { pre_tokenizer: { type: "Whitespace" } }],
])("refuses to read a whole text through %s", async (_name, change) => {
  await expect(byteLevel(change, { tokenization: "text" })).rejects.toThrow("is no byte-level BPE");
});
