import { z } from "zod";
import { RESOLVABLE } from "../resolve/resolvable.js";
import { TASK_NAMES } from "../tasks/task.js";

/** The version of the bundle format that this server reads; a bundle of the same major is accepted. */
export const FORMAT_VERSION = "1.0.0";

const Labels = z.array(z.string().min(1)).min(1);
const Temperature = z.number().positive();
const TokenId = z.int().nonnegative();
/** How often the train rows have each label: answers that part from it have drifted. Adds up to 1. */
const Prior = z.array(z.number().positive().max(1));
const Template = z
  .string()
  .refine((template) => template.split("{text}").length === 2, "names the place of the text once, as {text}");
const FileName = z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,255}$/, "a plain file name inside the bundle's folder");

const LabelTask = z.strictObject({
  labels: Labels,
  temperature: Temperature,
  /** Last: a label that is behind the best one by a factor of exp(m) comes to be behind it by exp(scale · m ** power). */
  margin_calibration: z.strictObject({ scale: z.number().positive(), power: z.number().positive() }).optional(),
  /** [labels] */
  prior: Prior.optional(),
});

const IntentTask = LabelTask.extend({
  /** The label that stands for none of the others (CLINC150's `oos`): it is never answered, it rejects. */
  reject: z.string().optional(),
  /** Below this confidence of the best other label a text is out of scope, unless a request says otherwise. */
  oos_threshold: z.number().min(0).max(1).optional(),
}).refine(({ reject, labels }) => reject === undefined || labels.includes(reject), {
  message: "names none of the labels",
  path: ["reject"],
});

const SlotsTask = z.strictObject({
  /** BIO tags: "O", and "B-x" and "I-x" for every slot x. */
  tags: Labels,
  temperature: Temperature,
  /**
   * A span's confidence by the log-odds x of its words' tags: sigmoid(scale · x + shift), where x is of the geometric mean of
   * their probabilities and of that of the span's end. Absent: the product of the tags' probabilities as it is.
   */
  span_calibration: z.strictObject({ scale: z.number().positive(), shift: z.number() }).optional(),
  /** [tags + 1][tags] Added to the logits where a tag follows another, in the last row where it opens a text. */
  transitions: z.array(z.array(z.number())).optional(),
  /** [intents][slots, as the tags first name them] Added to the logits of B-x under an intent that x seldom goes with. */
  compatibility: z.array(z.array(z.number().max(0))).optional(),
  /** [slots, as the tags first name them] Of all spans. */
  prior: Prior.optional(),
  /** What the values of a slot stand for, by slot: these can be resolved. */
  resolve: z.record(z.string(), z.enum(RESOLVABLE)).optional(),
});

/** What tokens and pairs of them say by themselves, whatever a decoder understands: a linear table, added to its logits. */
const Evidence = z.strictObject({
  /** A byte a bucket, how much it counts; then a signed byte a bucket and label, what it says. */
  file: FileName,
  /** That tokens and pairs are hashed into. */
  buckets: z
    .int()
    .min(1)
    .max(2 ** 24)
    .refine((buckets) => Number.isInteger(Math.log2(buckets)), "a power of two"),
  /** Added to the square of the length of a text's vector: the larger, the less is said of short texts. */
  damping: z.number().positive(),
  /** What a unit of the sum counts as a logit. */
  weight: z.number().positive(),
});

const TopicTask = LabelTask.extend({
  /** Group of every label, by label; the group's probability is the sum of its labels'. */
  groups: z.record(z.string(), z.string()),
  evidence: Evidence.optional(),
});

const Tasks = z
  .strictObject({ intent: IntentTask.optional(), slots: SlotsTask.optional(), topic: TopicTask.optional() })
  .refine((tasks) => Object.keys(tasks).length > 0, "a bundle has at least one task");

/** How much a model reads. */
const Limits = z.strictObject({
  /** Tokens of text in one forward: the most that intent and slots can read, and the size of a topic window. */
  window_tokens: z.int().positive().max(131_072),
  /** Tokens of text that the topic is read from, over all windows. */
  max_tokens: z.int().positive().max(1_048_576),
});

/** How pieces are normalised before they are tokenised. */
const Text = z.strictObject({
  nfkc: z.boolean(),
  lowercase: z.boolean(),
  /** Typographic quotes as the straight ones of a keyboard, unless false: models from elsewhere may have learnt both. */
  straight_quotes: z.boolean().optional(),
});

/** Read-out tokens; slots are read at the first token of each word. */
const ReadOuts = z.strictObject({ intent: TokenId.optional(), topic: TokenId.optional() });

/** Name of a graph's output by task. */
const GraphOutputs = z.strictObject({
  intent: z.string().optional(),
  slots: z.string().optional(),
  topic: z.string().optional(),
});

/** A decoder read as a prefix LM: `bos`, a read-out for each task asked for, the text. */
export const DecoderModel = z.strictObject({
  engine: z.literal("single-pass"),
  file: FileName,
  bos: TokenId,
  read_outs: ReadOuts,
  /** First of the consecutive ids of each task's labels (tags for slots) in the output matrix. */
  label_start: z.strictObject({ intent: TokenId.optional(), slots: TokenId.optional(), topic: TokenId.optional() }),
  /**
   * The same weights and their label heads as an ONNX graph, which a CPU runs faster: input `input_ids` [1, tokens],
   * an output a task with every label's score at every token [1, tokens, labels]. The GGUF has its tokenizer.
   */
  onnx: z.strictObject({ file: FileName, outputs: GraphOutputs }).optional(),
  /** The weights also learnt to write the answer after the prompt: the bundle serves `generate` and `dual-decoder`, too. */
  writes: z.boolean().default(false),
});

/** How a decoder is asked to write its answer. `{text}` stands for the user's text, which can forge no special token. */
const AnswerPrompt = z.discriminatedUnion("kind", [
  /** The single pass's own prompt, for weights that learnt to go on after it. */
  z.strictObject({ kind: z.literal("read-outs"), bos: TokenId, read_outs: ReadOuts }),
  /** One turn of a chat in the template of the file. */
  z.strictObject({ kind: z.literal("chat"), system: z.string().optional(), user: Template }),
  /** As it stands; the names of special tokens mean these tokens. */
  z.strictObject({ kind: z.literal("plain"), template: Template }),
]);

/** Decoders that write their answers as JSON: one for all tasks (`generate`), or a prompt a task (`dual-decoder`). */
export const GeneratorModel = z.strictObject({
  engine: z.enum(["generate", "dual-decoder"]),
  /** Entries may share a file, which is then opened once. */
  decoders: z
    .array(
      z.strictObject({
        file: FileName,
        tasks: z.array(z.enum(TASK_NAMES)).min(1),
        prompt: AnswerPrompt,
        /** What a slot's value may be: words of the text in a row, or whatever the decoder writes, to be looked for in it. */
        values: z.enum(["of-text", "free"]).default("free"),
      }),
    )
    .min(1),
});

/** One encoder graph: inputs `input_ids`, `attention_mask` (and `token_type_ids`), one output a task. */
const EncoderGraph = z.strictObject({
  file: FileName,
  /** [batch, labels], for slots [batch, tokens, tags]. */
  outputs: GraphOutputs,
  /** False: the text's first word was learnt without a space before it, as RoBERTa's tokenizer writes by default. */
  add_prefix_space: z.boolean().default(true),
});

export const EncoderModel = z.strictObject({
  engine: z.enum(["dual-encoder", "joint-encoder"]),
  /** Hugging Face `tokenizer.json`. */
  tokenizer: FileName,
  /**
   * How the model learnt to read. `pieces`: each piece of a text by itself, as `training/` does. `text`: as its tokenizer
   * cuts the whole text, where "50%," ends in one token "%,"; for byte-level BPE (RoBERTa) alone.
   */
  tokenization: z.enum(["pieces", "text"]).default("pieces"),
  /** Opens and closes every sequence: `[CLS]`/`[SEP]`, `<s>`/`</s>`. */
  cls: TokenId,
  sep: TokenId,
  graphs: z.array(EncoderGraph).min(1),
  /** One graph after the other, each on all threads; or all at once, each in a thread of its own on its share of them. */
  schedule: z.enum(["in-turn", "side-by-side"]).default("in-turn"),
});

/** What the reference implementation in `training/` computed with these very files. */
const Golden = z.strictObject({
  text: z.string(),
  tasks: z.array(z.enum(["intent", "slots", "topic"])),
  /** The whole prompt. */
  ids: z.array(TokenId),
  /** Positions in `ids` that slots are read at: the first token of each word. */
  word_positions: z.array(z.int().nonnegative()),
  /** Half-open offsets of the words, in code points. */
  words: z.array(z.tuple([z.int(), z.int()])),
  /** Unnormalised scores of the quantised model: [labels], for slots [words][tags]. */
  logits: z.strictObject({
    intent: z.array(z.number()).optional(),
    slots: z.array(z.array(z.number())).optional(),
    topic: z.array(z.number()).optional(),
  }),
  /** The answer that the weights write by themselves after this prompt. */
  written: z.string().optional(),
});

/** `bundle.json`: all that the server knows of a model. */
export const Manifest = z.strictObject({
  format: z.string().regex(/^\d+\.\d+\.\d+$/),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  description: z.string(),
  language: z.string(),
  license: z.string(),
  tasks: Tasks,
  limits: Limits,
  text: Text,
  model: z.discriminatedUnion("engine", [DecoderModel, GeneratorModel, EncoderModel]),
  /** SHA-256 (hex) of every file that the server opens, by name. */
  files: z.record(FileName, z.string().regex(/^[0-9a-f]{64}$/)),
  /** Data, base weights, commands, dev figures: for readers. */
  provenance: z.record(z.string(), z.unknown()),
  golden: z.strictObject({
    /** Largest difference of two logits that still counts as equal. */
    tolerance: z.number().positive(),
    cases: z.array(Golden),
  }),
});

export type Manifest = z.infer<typeof Manifest>;
export type IntentTask = z.infer<typeof IntentTask>;
export type GraphOutputs = z.infer<typeof GraphOutputs>;
export type DecoderModel = z.infer<typeof DecoderModel>;
export type GeneratorModel = z.infer<typeof GeneratorModel>;
export type AnswerPrompt = z.infer<typeof AnswerPrompt>;
export type EncoderModel = z.infer<typeof EncoderModel>;
export type GoldenCase = z.infer<typeof Golden>;
