import type { LlamaGrammar } from "node-llama-cpp";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import { BundleError } from "../../errors.js";
import type { TaskName } from "../../tasks/task.js";
import type { PreparedText } from "../../text/prepare.js";
import { assertUnforgeable, type LoadedModel } from "../decoder/model.js";
import type { EngineName } from "../engine.js";
import { writersOf, type WriterSpec } from "../offered.js";
import type { EncodedText, Forward } from "../plan.js";
import { readAnswer } from "./answer.js";
import type { GeneratingRuntime } from "./generating.js";
import { answerGrammar, answerSchema, type AnswerSchema } from "./grammar.js";
import { answerLimit } from "./limit.js";
import type { ForwardAnswer } from "./merge.js";
import { promptFrame, type PromptFrame } from "./prompt.js";
import { AnswerWriter, type Written } from "./writer.js";

export interface WriterOptions {
  readonly threads: number;
  /** Opens a file of the bundle, or gives it when it is open; disposes of it when nobody uses it any more. */
  readonly model: (file: string) => Promise<LoadedModel>;
}

/** Opens the decoders of a bundle to write answers, warm. @throws BundleError when it must not be served */
export async function openWriters(
  bundle: Bundle,
  engine: EngineName,
  options: WriterOptions,
): Promise<GeneratingRuntime> {
  const decoders: Decoder[] = [];
  const runtime = new Writers(decoders);
  try {
    for (const spec of writersOf(bundle.manifest, engine)) decoders.push(await Decoder.open(bundle, spec, options));
    await runtime.warmUp();
    return runtime;
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error;
  }
}

class Writers implements GeneratingRuntime {
  constructor(private readonly decoders: readonly Decoder[]) {}

  get device(): string {
    return this.decoders[0]!.device;
  }

  /** Tokens of the first decoder's file: decoders of one bundle have one tokenizer. */
  encode(text: PreparedText): EncodedText {
    return this.decoders[0]!.encode(text);
  }

  async run(forward: Forward, words: readonly string[], signal: AbortSignal): Promise<ForwardAnswer[]> {
    const answers: ForwardAnswer[] = [];
    for (const decoder of this.decoders) {
      const tasks = forward.tasks.filter((task) => decoder.spec.tasks.includes(task));
      if (tasks.length > 0) answers.push(await decoder.write({ ...forward, tasks }, words, signal));
    }
    return answers;
  }

  async warmUp(): Promise<void> {
    for (const decoder of this.decoders) await decoder.warmUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const decoder of this.decoders) await decoder[Symbol.asyncDispose]();
  }
}

/** One prompt of one file. */
class Decoder implements AsyncDisposable {
  readonly #grammars = new Map<string, Promise<LlamaGrammar>>();

  private constructor(
    readonly spec: WriterSpec,
    private readonly loaded: LoadedModel,
    private readonly frame: PromptFrame,
    private readonly schemaOf: (asked: readonly TaskName[]) => AnswerSchema,
    private readonly writer: AnswerWriter,
    private readonly close: () => Promise<void>,
  ) {}

  static async open(bundle: Bundle, spec: WriterSpec, { threads, model }: WriterOptions): Promise<Decoder> {
    const { tasks, limits } = bundle.manifest;
    const loaded = await model(spec.file);
    try {
      const frame = promptFrame(spec.prompt, loaded.model);
      assertUnforgeable(
        loaded.model,
        frame.reserved,
        (message) => new BundleError(bundleId(bundle), `${spec.file}: ${message}`),
      );
      const schemaOf = (asked: readonly TaskName[]) => answerSchema(tasks, asked);
      const longestPrompt = frame.tokens + limits.window_tokens;
      const longestAnswer = answerLimit(schemaOf(spec.tasks), loaded.model)(limits.window_tokens, limits.window_tokens);
      const context = await loaded.model.createContext({
        contextSize: longestPrompt + longestAnswer + 1, // the binding keeps a cell free
        batchSize: longestPrompt, // a prompt whose attention goes both ways must be decoded whole
        threads,
      });
      const writer = new AnswerWriter(context.getSequence());
      return new Decoder(spec, loaded, frame, schemaOf, writer, () => context.dispose());
    } catch (error) {
      await loaded[Symbol.asyncDispose]();
      throw error;
    }
  }

  get device(): string {
    return this.loaded.device;
  }

  encode(text: PreparedText): EncodedText {
    const { model, pieces } = this.loaded;
    if (this.spec.prompt.kind === "read-outs") return pieces.encode(text);
    const whole = text.pieces.map((piece) => piece.text).join("");
    return { ids: model.tokenize(whole.trimStart(), false), words: text.words.map(() => 0) };
  }

  async write(forward: Forward, words: readonly string[], signal: AbortSignal): Promise<ForwardAnswer> {
    const schema = this.schemaOf(forward.tasks);
    const limit = answerLimit(schema, this.loaded.model)(forward.ids.length, forward.words.length);
    const { json, ...written } = await this.#write(forward, words, limit, signal);
    return { answer: readAnswer(json), ...written };
  }

  /**
   * The first run allocates, and leaves the constant beginning of a causal prompt in the cache. One token does that: whole
   * answers of every decoder would take a minute where other work keeps llama.cpp's threads waiting for each other.
   */
  async warmUp(): Promise<void> {
    const forward = { tasks: this.spec.tasks, ids: [0], words: [0] };
    await this.#write(forward, ["a"], 1, new AbortController().signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.loaded[Symbol.asyncDispose]();
  }

  async #write(forward: Forward, words: readonly string[], limit: number, signal: AbortSignal): Promise<Written> {
    const schema = this.schemaOf(forward.tasks);
    const copies = schema.slots !== undefined && this.spec.values === "of-text";
    const grammar = copies ? this.#create(answerGrammar(schema, words)) : this.#constantGrammar(forward.tasks, schema);
    return this.writer.write(this.frame.build(forward), await grammar, limit, signal);
  }

  #constantGrammar(tasks: readonly TaskName[], schema: AnswerSchema): Promise<LlamaGrammar> {
    const known = this.#grammars.get(tasks.join());
    if (known) return known;
    const grammar = this.#create(answerGrammar(schema));
    this.#grammars.set(tasks.join(), grammar);
    return grammar;
  }

  #create(grammar: string): Promise<LlamaGrammar> {
    return this.loaded.model.llama.createGrammar({ grammar });
  }
}
