import { HeaderFault } from "./cursor.js";

/** What is kept of a value: a number, a short text, the shape of an array; undefined for what nobody asks about. */
export type MetadataValue = number | string | { readonly type: number; readonly count: number } | undefined;
export type Metadata = ReadonlyMap<string, MetadataValue>;

const STRING = 8;
const INT32 = 5;
const FLOAT32 = 6;
const MAX_LAYERS = 512; // llama.cpp's own
const MAX_HEADS = 512; // likewise: arrays by layer, which a number stands for
const MAX_WIDTH = 2 ** 20;
const MAX_CONTEXT = 2 ** 31 - 1;
const MAX_TOKENS = 2 ** 22;

/** Figures by which memory is allocated or that something is divided by; the least and the most of each, where the file has it. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  block_count: [1, MAX_LAYERS],
  context_length: [1, MAX_CONTEXT],
  embedding_length: [1, MAX_WIDTH],
  feed_forward_length: [1, MAX_WIDTH],
  "attention.head_count": [0, MAX_HEADS], // 0: of a model without attention
  "attention.head_count_kv": [0, MAX_HEADS],
  "attention.key_length": [1, MAX_WIDTH],
  "attention.value_length": [1, MAX_WIDTH],
  "rope.dimension_count": [1, MAX_WIDTH],
  vocab_size: [1, MAX_TOKENS],
  expert_count: [0, MAX_HEADS],
  expert_used_count: [0, MAX_HEADS],
};
const NEEDED = ["block_count", "context_length", "embedding_length"];
/** A model with attention without these ends the process in llama.cpp; state-space models have none of them. */
const NEEDED_WITH_ATTENTION = [...NEEDED, "attention.head_count", "feed_forward_length"];
const WITHOUT_ATTENTION = /mamba|rwkv/;

/** Arrays beside the tokens, which are indexed by token without another look at their length; the type of their members. */
const BESIDE_TOKENS: Readonly<Record<string, number>> = { scores: FLOAT32, token_type: INT32 };

/** @throws HeaderFault */
export function checkHyperparameters(metadata: Metadata): void {
  const architecture = metadata.get("general.architecture");
  if (typeof architecture !== "string" || !/^[\w.-]{1,64}$/.test(architecture)) {
    throw new HeaderFault("names no architecture");
  }
  const needed = WITHOUT_ATTENTION.test(architecture) ? NEEDED : NEEDED_WITH_ATTENTION;
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const key = `${architecture}.${name}`;
    const value = metadata.get(key);
    if (!metadata.has(key) && !needed.includes(name)) continue;
    if (typeof value === "object" && !NEEDED.includes(name)) continue; // a number a layer: llama.cpp reads it with bounds
    if (typeof value !== "number" || value < least || value > most) {
      throw new HeaderFault(`${key} is ${shown(value)}, not a whole number from ${least} to ${most}`);
    }
  }
  checkHeads(metadata, architecture);
  checkVocabulary(metadata);
}

/** A head is a part of the state, and rotary positions turn pairs of it. */
function checkHeads(metadata: Metadata, architecture: string): void {
  const figure = (name: string) => {
    const value = metadata.get(`${architecture}.${name}`);
    return typeof value === "number" ? value : undefined;
  };
  const [width, heads, groups] = [
    figure("embedding_length")!,
    figure("attention.head_count"),
    figure("attention.head_count_kv"),
  ];
  if (heads === undefined || heads === 0) return;
  if (groups !== undefined && heads % groups !== 0) {
    throw new HeaderFault(`${architecture}.attention: ${heads} heads do not share ${groups} keys`);
  }
  const head = figure("attention.key_length") ?? Math.floor(width / heads);
  const rotary = figure("rope.dimension_count") ?? head;
  if (head < 1 || rotary > head || rotary % 2 !== 0) {
    throw new HeaderFault(
      `${architecture}.rope.dimension_count: ${rotary} of the ${head} of a head can't be turned in pairs`,
    );
  }
}

function checkVocabulary(metadata: Metadata): void {
  const tokens = metadata.get("tokenizer.ggml.tokens");
  if (typeof tokens !== "object" || tokens.type !== STRING || tokens.count < 1 || tokens.count > MAX_TOKENS) {
    throw new HeaderFault(`tokenizer.ggml.tokens is ${shown(tokens)}, not 1 to ${MAX_TOKENS} strings`);
  }
  for (const [name, type] of Object.entries(BESIDE_TOKENS)) {
    const key = `tokenizer.ggml.${name}`;
    const beside = metadata.get(key);
    if (!metadata.has(key)) continue;
    if (typeof beside !== "object" || beside.type !== type || beside.count !== tokens.count) {
      throw new HeaderFault(`${key} is ${shown(beside)}, not a number for each of ${tokens.count} tokens`);
    }
  }
  const merges = metadata.get("tokenizer.ggml.merges");
  if (metadata.has("tokenizer.ggml.merges") && (typeof merges !== "object" || merges.type !== STRING)) {
    throw new HeaderFault(`tokenizer.ggml.merges is ${shown(merges)}, not strings`);
  }
  for (const [key, id] of metadata) {
    if (!/^tokenizer\.ggml\.\w+_token_id$/.test(key)) continue;
    if (typeof id !== "number" || id < 0 || id >= tokens.count) {
      throw new HeaderFault(`${key} is ${shown(id)}, and there are ${tokens.count} tokens`);
    }
  }
}

function shown(value: MetadataValue): string {
  if (typeof value === "object") return `an array of ${value.count}`;
  return typeof value === "string" ? "a text" : String(value ?? "absent");
}
