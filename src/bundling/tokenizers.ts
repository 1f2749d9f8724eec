import { isDeepStrictEqual } from "node:util";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { BundlingError } from "./errors.js";
import type { ModelFolder } from "./folder.js";

/** What a bundle must know of its tokenizer. */
export interface Reading {
  readonly cls: number;
  readonly sep: number;
  readonly tokenization: "pieces" | "text";
  /** By folder: whether a space stands before the first word. */
  readonly addPrefixSpace: ReadonlyMap<ModelFolder, boolean>;
}

// As in `engines/encoder/tokenizer.ts`: the declarations don't resolve.
const HuggingFaceTokenizer = Tokenizer as unknown as new (
  file: object,
  config: object,
) => { encode(text: string, options?: { add_special_tokens: boolean }): { ids: number[] } };

const File = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean() })).default([]),
  normalizer: z.unknown(),
  pre_tokenizer: z.looseObject({ type: z.string(), add_prefix_space: z.boolean().optional() }).nullish(),
  model: z.looseObject({ type: z.string() }),
});

/** Parts of a tokenizer.json that say how a text is cut, as they are compared. */
const PARTS = ["model", "normalizer", "pre_tokenizer", "added_tokens"] as const;

/**
 * How the folders' one tokenizer reads texts.
 * @throws BundlingError when there are several, or one of a kind that can't be served
 */
export function readingOf(folders: readonly ModelFolder[]): Reading {
  const files = folders.map((folder) => ({ folder, file: parse(folder) }));
  const [first, ...others] = files;
  if (!first) throw new RangeError("no folder");
  for (const other of others) {
    const part = PARTS.find((name) => !isDeepStrictEqual(comparable(first.file)[name], comparable(other.file)[name]));
    if (part === undefined) continue;
    throw new BundlingError(
      `the tokenizers of ${first.folder.folder} and ${other.folder.folder} differ in "${part}"; a bundle has one tokenizer`,
    );
  }
  const tokenization = tokenizationOf(first);
  const spaces = files.map(({ folder, file }): [ModelFolder, boolean] => [folder, spaceOf(folder, file)]);
  return { ...frameOf(first.folder), tokenization, addPrefixSpace: new Map(spaces) };
}

type File = z.infer<typeof File>;

function parse(folder: ModelFolder): File {
  const parsed = File.safeParse(folder.tokenizer);
  if (parsed.success) return parsed.data;
  throw new BundlingError(`${folder.folder}/tokenizer.json is malformed:\n${z.prettifyError(parsed.error)}`);
}

/** Without what may differ between models of one tokenizer: the space before the first word, noted by graph. */
function comparable({ model, normalizer, pre_tokenizer, added_tokens }: File) {
  return {
    model,
    normalizer: normalizer ?? null,
    pre_tokenizer: pre_tokenizer && { ...pre_tokenizer, add_prefix_space: undefined },
    added_tokens: added_tokens.map(({ id, content }) => ({ id, content })),
  };
}

/** RoBERTa's tokenizer takes its own config's word over the file's. Where neither says anything, there is no space. */
function spaceOf({ addPrefixSpace }: ModelFolder, { pre_tokenizer, model }: File): boolean {
  if (model.type !== "BPE") return true;
  return addPrefixSpace ?? pre_tokenizer?.add_prefix_space ?? false;
}

function tokenizationOf({ folder: { folder }, file }: { folder: ModelFolder; file: File }): Reading["tokenization"] {
  const { model, pre_tokenizer, added_tokens } = file;
  const own = added_tokens.filter(({ special }) => !special).map(({ content }) => content);
  if (own.length > 0)
    throw new BundlingError(`${folder}/tokenizer.json adds tokens (${own.join(", ")}); that is not served`);
  if (model.type === "BPE" && pre_tokenizer?.type === "ByteLevel") return "text";
  if (model.type === "WordPiece" && pre_tokenizer?.type === "BertPreTokenizer") return "pieces";
  throw new BundlingError(
    `${folder}/tokenizer.json is ${model.type} behind ${pre_tokenizer?.type ?? "nothing"}; ` +
      "byte-level BPE (RoBERTa) and WordPiece (BERT, DistilBERT) are served",
  );
}

/** The tokens that open and close a sequence, as the tokenizer itself puts them. */
function frameOf({ folder, tokenizer }: ModelFolder): { cls: number; sep: number } {
  const { framed, inner } = sample(folder, tokenizer);
  const [cls, ...rest] = framed;
  const sep = rest.pop();
  if (cls === undefined || sep === undefined || !isDeepStrictEqual(rest, inner)) {
    throw new BundlingError(
      `${folder}/tokenizer.json puts ${framed.length - inner.length} tokens around a text, not two`,
    );
  }
  return { cls, sep };
}

/** Ids of a text with and without what the tokenizer puts around it. */
function sample(folder: string, file: unknown): { framed: number[]; inner: number[] } {
  try {
    const tokenizer = new HuggingFaceTokenizer(file as object, {});
    const encode = (special: boolean) => tokenizer.encode("wake me up", { add_special_tokens: special }).ids;
    return { framed: encode(true), inner: encode(false) };
  } catch (cause) {
    throw new BundlingError(`${folder}/tokenizer.json can't be read as a tokenizer: ${String(cause)}`, { cause });
  }
}
