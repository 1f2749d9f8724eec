import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EncoderModel } from "../../../src/bundle/manifest.js";
import { loadTokenizer } from "../../../src/engines/encoder/tokenizer.js";
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
