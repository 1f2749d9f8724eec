import { readFile } from "node:fs/promises";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import type { EncoderModel } from "../../bundle/manifest.js";
import { BundleError } from "../../errors.js";
import type { PreparedText } from "../../text/prepare.js";
import { PieceEncoder } from "../pieces.js";
import type { EncodedText } from "../plan.js";
import { BYTE_TOKENS, WholeTextEncoder, type Tokens } from "./whole-text.js";

// The package's declarations don't resolve under Node's module resolution: this is the part that is used.
const HuggingFaceTokenizer = Tokenizer as unknown as new (
  file: object,
  config: object,
) => {
  encode(text: string, options: { add_special_tokens: boolean }): Tokens;
};

const PreTokenizer = z.looseObject({
  type: z.string(),
  add_prefix_space: z.boolean().optional(),
  use_regex: z.boolean().optional(),
});

/** The parts of a Hugging Face `tokenizer.json` that are looked at here; the library reads the rest. */
const TokenizerFile = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })).default([]),
  normalizer: z.unknown(),
  pre_tokenizer: PreTokenizer.extend({ pretokenizers: z.array(PreTokenizer).optional() }).nullish(),
  model: z.looseObject({ type: z.string().optional(), unk_token: z.string().nullish(), vocab: z.unknown() }),
});
type TokenizerFile = z.infer<typeof TokenizerFile>;

/** Turns prepared texts into ids, without the tokens that open and close a sequence. */
export interface TextTokenizer {
  encode(text: PreparedText): EncodedText;
}

/**
 * Reads a `tokenizer.json` without its added tokens: the library would find "</s>" or "[SEP]" in a text and give it the
 * meaning that only the prompt may give. The prompt's own `cls` and `sep` are ids in the manifest.
 * @throws BundleError when the file is malformed, or text can forge `cls`, `sep` or another special token
 */
export async function loadTokenizer(bundle: Bundle, spec: EncoderModel): Promise<TextTokenizer> {
  const fault = (message: string, cause?: unknown) =>
    new BundleError(bundleId(bundle), `${spec.tokenizer}: ${message}`, cause);
  const { file, tokenize } = await openTokenizer(bundle.path(spec.tokenizer)).catch((cause: unknown) => {
    throw fault("can't be read as a tokenizer", cause);
  });
  const { added_tokens, model } = file;
  const special = new Set([spec.cls, spec.sep, ...added_tokens.map(({ id }) => id)]);
  // A word that the vocabulary lacks is honestly unknown.
  for (const { id, content } of added_tokens) if (content === model.unk_token) special.delete(id);
  for (const { content } of added_tokens) {
    const forged = [` ${content}`, content].flatMap((text) => tokenize(text).ids).find((id) => special.has(id));
    if (forged !== undefined) throw fault(`text can forge the special token ${forged} (${content})`);
  }
  if (spec.tokenization === "pieces") return new PieceEncoder((piece) => tokenize(piece).ids);
  if (!isByteLevel(file))
    throw fault('is no byte-level BPE; tokenization "text" needs one, others are read as "pieces"');
  const spaced = beginsSpaced(spec);
  return new WholeTextEncoder(
    tokenize,
    spaced,
    spec.graphs.some(({ add_prefix_space }) => add_prefix_space !== spaced),
  );
}

/** Whether a space stands before a bundle's texts: as the graph learnt it that slots are read from, or else the first. */
export function beginsSpaced({ graphs }: EncoderModel): boolean {
  const ofSlots = graphs.find(({ outputs }) => outputs.slots !== undefined);
  return (ofSlots ?? graphs[0])?.add_prefix_space ?? true;
}

async function openTokenizer(path: string) {
  const file = TokenizerFile.parse(JSON.parse(await readFile(path, "utf8")));
  const pre_tokenizer = file.pre_tokenizer && withoutPrefixSpace(file.pre_tokenizer);
  const tokenizer = new HuggingFaceTokenizer({ ...file, pre_tokenizer, added_tokens: [] }, {});
  return { file, tokenize: (text: string): Tokens => tokenizer.encode(text, { add_special_tokens: false }) };
}

/** A text is tokenised in parts, which bring their spaces: a byte-level tokenizer must not put more of them in front. */
function withoutPrefixSpace(splitter: NonNullable<TokenizerFile["pre_tokenizer"]>) {
  const bare = (part: z.infer<typeof PreTokenizer>) =>
    part.type === "ByteLevel" ? { ...part, add_prefix_space: false } : part;
  const { pretokenizers } = splitter;
  return { ...bare(splitter), ...(pretokenizers && { pretokenizers: pretokenizers.map(bare) }) };
}

/** GPT-2's and RoBERTa's kind: GPT-2's splitting, every byte a token, and nothing before it. */
function isByteLevel({ normalizer, pre_tokenizer, model }: TokenizerFile): boolean {
  const { vocab } = model;
  return (
    (normalizer ?? null) === null &&
    pre_tokenizer?.type === "ByteLevel" &&
    pre_tokenizer.use_regex !== false &&
    model.type === "BPE" &&
    z.record(z.string(), z.int()).safeParse(vocab).success &&
    BYTE_TOKENS.every((byte) => Object.hasOwn(vocab as object, byte))
  );
}
