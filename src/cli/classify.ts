import type { ClassifyAnswer, TextAnswer } from "../classify/answer.js";
import { ENGINE_NAMES } from "../engines/engine.js";
import { OnepassError } from "../errors.js";
import { progressOn } from "../proof/evaluation/progress.js";
import { TASK_NAMES } from "../tasks/task.js";
import { answerText, byWhom } from "./answer-text.js";
import { openAnswerer, withServer, type Answerer, type Request } from "./answerer.js";
import { openAnswers } from "./answers-file.js";
import { defineCommand, EXIT, UsageError } from "./command.js";
import { inOrder } from "./in-order.js";
import type { Io } from "./io.js";
import { countLines, STDIN, textsOf, type Asked } from "./texts.js";
import { decimal, listOf, oneOf, whole } from "./values.js";

interface Options {
  readonly texts: readonly string[];
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  readonly resume: boolean;
  readonly json: boolean;
  readonly concurrency: number;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  /** What of a request is the same for every text. */
  readonly request: Request;
}

/** What a server says of one text that it will not read: the others are answered. */
const OF_A_TEXT: ReadonlySet<string> = new Set(["empty_text", "invalid_text", "text_too_long", "body_too_large"]);

export const classify = defineCommand({
  name: "classify",
  summary: "Answers texts: of the command line, a file or what is piped in, in their order.",
  description:
    "A file has a text a line, or JSON Lines with `text` and, if you like, `id`. With --json or --out each answer is a line of JSON, " +
    "that of the API and the `line` of the text (and its `id`); a text that can't be read has an `error` instead.",
  examples: [
    'classify "wake me up at nine on friday"',
    "classify --in texts.jsonl --out answers.jsonl --resume",
    'classify --url http://127.0.0.1:8080 --json "play some jazz"',
  ],
  failure: "a text was refused, or the server or the engine failed",
  define: (command) =>
    withServer(command)
      .argument("[texts...]", "texts to answer")
      .option("--in <file>", `texts, .gz too; ${STDIN} is what is piped in, the default without texts`)
      .option("--out <file>", "write the answers there, as JSON Lines")
      .option("--resume", "go on with an --out that is there already", false)
      .option("--json", "print JSON Lines", false)
      .option("--model <name>", "a model, name or name@version; by default the default model")
      .option("--engine <name>", ENGINE_NAMES.join(" | "), oneOf(ENGINE_NAMES))
      .option("--tasks <list>", `of ${TASK_NAMES.join(",")}; by default all of the model's`, listOf(oneOf(TASK_NAMES)))
      .option("--top-k <n>", "length of the rankings", whole(1, 100))
      .option("--offsets <unit>", "utf16 | code_points: of the slots", oneOf(["utf16", "code_points"]))
      .option("--truncate", "read the beginning of a text that is too long")
      .option("--oos-threshold <p>", "below this confidence of the intent a text is out of scope", decimal(0, 1))
      .option("--concurrency <n>", "texts in flight", whole(1, 256), 8),
  read({ in: file, out, resume, json, concurrency, url, key, ...given }, texts): Options {
    if (texts.length > 0 && file !== undefined)
      throw new UsageError("--in: not together with texts on the command line");
    if (resume && out === undefined) throw new UsageError("--resume: needs --out FILE to go on with");
    if (resume && file === undefined)
      throw new UsageError("--resume: needs --in FILE, to find the text that comes next");
    const { model, engine, tasks, offsets, truncate, topK: top_k, oosThreshold: oos_threshold } = given;
    const request = { model, engine, tasks, offsets, truncate, top_k, oos_threshold };
    return { texts, in: file, out, resume, json, concurrency, url, key, request };
  },
  async run(options, io) {
    if (options.texts.length === 0 && options.in === undefined && io.stdin.isTTY) {
      throw new UsageError("there is no text: name one, or --in FILE, or pipe texts in");
    }
    const { model, engine } = options.request as { model?: string; engine?: string };
    await using answerer = await openAnswerer({ ...options, needed: { model, engine } }, io);
    const work = new Classifying(options, answerer, io);
    return await (options.out === undefined ? work.toScreen() : work.toFile(options.out));
  },
});

interface Answered extends Asked {
  readonly answer?: ClassifyAnswer;
  readonly error?: OnepassError;
}

class Classifying {
  #refused = 0;

  constructor(
    private readonly options: Options,
    private readonly answerer: Answerer,
    private readonly io: Io,
  ) {}

  async toScreen(): Promise<number> {
    const { json, texts } = this.options;
    for await (const one of this.#answers(() => false)) {
      if (json) this.io.stdout.write(jsonLine(one));
      else if (one.answer)
        this.io.stdout.write(`${answerText(one.answer)}\n${texts.length > 0 ? `${byWhom(one.answer)}\n` : ""}`);
    }
    return this.#exitCode();
  }

  async toFile(out: string): Promise<number> {
    const { writer, reached } = await openAnswers(out, this.options.resume);
    await using file = writer;
    const total = this.options.in === undefined ? undefined : await countLines(this.options.in);
    using progress = progressOn(this.io.stderr);
    for await (const one of this.#answers((asked) => isDone(asked, reached))) {
      await file.write(jsonLine(one));
      if (total !== undefined) progress.progress(out, Math.min(one.line, total), total);
    }
    return this.#exitCode();
  }

  async *#answers(isDone: (asked: Asked) => boolean): AsyncGenerator<Answered> {
    const { texts, in: file, concurrency } = this.options;
    const asked = (async function* (io: Io) {
      for await (const one of textsOf(texts, file, io)) if (!isDone(one)) yield one;
    })(this.io);
    yield* inOrder(asked, concurrency, (one) => this.#ask(one), this.io.stop);
  }

  /** @throws OnepassError for what is no fault of the text alone */
  async #ask(asked: Asked): Promise<Answered> {
    try {
      const answer = await this.answerer.classify({ ...defined(this.options.request), text: asked.text });
      return { ...asked, answer: answer as ClassifyAnswer };
    } catch (error) {
      if (!(error instanceof OnepassError && OF_A_TEXT.has(error.code))) throw error;
      this.#refused += 1;
      const place = this.options.texts.length > 0 ? `text ${asked.line}` : `${this.options.in ?? STDIN}:${asked.line}`;
      this.io.stderr.write(`${place}: ${error.code}: ${error.message}\n`);
      return { ...asked, error };
    }
  }

  #exitCode(): number {
    if (this.io.stop.aborted) return EXIT.interrupted;
    return this.#refused > 0 ? EXIT.failed : EXIT.done;
  }
}

/** @throws UsageError when the answers were made of other texts */
function isDone({ line, text }: Asked, reached: { readonly line: number; readonly text: string | undefined }): boolean {
  if (line === reached.line && reached.text !== undefined && reached.text !== text) {
    throw new UsageError(`--resume: line ${line} of the input is not the text that --out was made of`);
  }
  return line <= reached.line;
}

function jsonLine({ line, id, text, answer, error }: Answered): string {
  const named = { line, ...(id !== undefined && { id }) };
  // The answer's own id is the request's; a caller's is worth more here.
  if (answer) return `${JSON.stringify({ ...answer, ...named } satisfies TextAnswer & { line: number })}\n`;
  return `${JSON.stringify({ ...named, text, error: { code: error?.code, message: error?.message } })}\n`;
}

/** Without what was not given: the API knows no null. */
function defined(request: Request): Request {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
