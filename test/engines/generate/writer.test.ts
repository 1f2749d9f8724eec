import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LlamaGrammarEvaluationState, type LlamaContext, type LlamaGrammar, type Token } from "node-llama-cpp";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LoadedModel } from "../../../src/engines/decoder/model.js";
import { AnswerCursor } from "../../../src/engines/generate/answer.js";
import { answerGrammar, answerSchema } from "../../../src/engines/generate/grammar.js";
import { AnswerWriter, type Written } from "../../../src/engines/generate/writer.js";
import { TASK_NAMES } from "../../../src/tasks/task.js";
import { FIXTURES, tinyBundle, tinyModel } from "./tiny.js";

const nobodyLeaves = new AbortController().signal;
const ENOUGH = 400;

describe.each(["tiny-causal", "tiny-prefix"] as const)("on %s", (name) => {
  let loaded: LoadedModel;
  let grammar: LlamaGrammar;
  const contexts: LlamaContext[] = [];

  beforeAll(async () => {
    const bundle = await tinyBundle(name);
    loaded = await tinyModel(bundle);
    const schema = answerSchema(bundle.manifest.tasks, TASK_NAMES);
    grammar = await loaded.model.llama.createGrammar({ grammar: answerGrammar(schema) });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.dispose();
  });
  afterAll(async () => {
    await loaded[Symbol.asyncDispose]();
  });

  const freshSequence = async () => {
    const context = await loaded.model.createContext({ contextSize: 1024, batchSize: 256, threads: 1 });
    contexts.push(context);
    return context.getSequence();
  };
  const freshWriter = async () => new AnswerWriter(await freshSequence());
  const prompt = (text: string) => loaded.model.tokenize(`<|im_start|>Which of them: ${text}`, true);
  const said = ({ json, confidences }: Written) => ({ json, confidences: confidences.map((one) => one.toFixed(3)) });

  test("what is written sees the whole prompt and what was written before, as in the reference", async () => {
    const expected = JSON.parse(readFileSync(join(FIXTURES, name, "logits.json"), "utf8")) as {
      prompt: Token[];
      answer: Token[];
      tokens: Token[];
      logits: number[][];
    };
    const { prompt, answer, tokens } = expected;
    const sequence = await freshSequence();
    const wanted = { generateNext: { logits: { filter: { tokens } } } };
    for (const [i, read] of [prompt, ...answer.map((token) => [token])].entries()) {
      const outputs = await sequence.controlledEvaluate([...read.slice(0, -1), [read.at(-1)!, wanted]]);
      const logits = outputs[read.length - 1]!.next.logits!;
      for (const [j, token] of tokens.entries()) {
        // llama.cpp keeps states in 16 bits.
        expect(Math.abs(logits.get(token)! - expected.logits[i]![j]!)).toBeLessThan(0.02);
      }
    }
  });

  test("a second prompt is answered as by a sequence that has read nothing before", async () => {
    const writer = await freshWriter();
    const caches = name === "tiny-causal";
    const first = prompt("wake me at nine");
    const second = prompt("wake her at ten, please");
    const shared = first.findIndex((id, i) => id !== second[i]);
    expect(shared).toBeGreaterThan(10);

    const before = await writer.write(first, grammar, ENOUGH, nobodyLeaves);
    expect(before).toMatchObject({ promptTokens: first.length, cachedTokens: 0 });
    const after = await writer.write(second, grammar, ENOUGH, nobodyLeaves);
    expect(after).toMatchObject({ promptTokens: second.length, cachedTokens: caches ? shared : 0 });
    const alone = await (await freshWriter()).write(second, grammar, ENOUGH, nobodyLeaves);
    expect(said(after)).toEqual(said(alone));
    expect(said(after)).not.toEqual(said(before));
  });

  test("the same prompt again is read from its last token on, where states can be kept, and answered again", async () => {
    const writer = await freshWriter();
    const asked = prompt("play some jazz");
    const before = await writer.write(asked, grammar, ENOUGH, nobodyLeaves);
    const again = await writer.write(asked, grammar, ENOUGH, nobodyLeaves);
    expect(again.cachedTokens).toBe(name === "tiny-causal" ? asked.length - 1 : 0);
    expect(said(again)).toEqual(said(before));
  });

  test("an answer is cut at the most tokens it may have, and is the beginning of the whole", async () => {
    const writer = await freshWriter();
    const asked = prompt("set an alarm");
    const whole = await writer.write(asked, grammar, ENOUGH, nobodyLeaves);
    for (const most of [1, 7, 20]) {
      const cut = await writer.write(asked, grammar, most, nobodyLeaves);
      expect(cut.generatedTokens).toBe(most);
      expect(whole.json.startsWith(cut.json)).toBe(true);
      expect(cut.json.length).toBeLessThan(whole.json.length);
    }
    const exact = await writer.write(asked, grammar, whole.generatedTokens, nobodyLeaves);
    expect(said(exact)).toEqual(said(whole));
  });

  test("a signal ends the writing between two tokens, with its reason, and the next answer is whole", async () => {
    const writer = await freshWriter();
    const reason = new Error("gone");
    let tokens = 0;
    const signal = {
      throwIfAborted() {
        tokens += 1;
        if (tokens > 4) throw reason;
      },
    } as AbortSignal;
    await expect(writer.write(prompt("wake me at nine"), grammar, ENOUGH, signal)).rejects.toBe(reason);
    expect(tokens).toBe(5);
    const asked = prompt("wake me at ten");
    const after = await writer.write(asked, grammar, ENOUGH, nobodyLeaves);
    const alone = await (await freshWriter()).write(asked, grammar, ENOUGH, nobodyLeaves);
    expect(said(after)).toEqual(said(alone));
  });

  test("a signal that is aborted while the model runs ends the writing", async () => {
    const caller = new AbortController();
    const reason = new Error("gone");
    const written = (await freshWriter()).write(prompt("wake me at nine"), grammar, ENOUGH, caller.signal);
    setImmediate(() => {
      caller.abort(reason);
    });
    await expect(written).rejects.toBe(reason);
  });

  test("a confidence is the product of the probabilities of a label's tokens among those that the grammar allows", async () => {
    for (const text of ["wake me at nine", "x", "remind me to feed the cat at six"]) {
      const asked = prompt(text);
      const { json, confidences } = await (await freshWriter()).write(asked, grammar, ENOUGH, nobodyLeaves);
      const expected = await labelProbabilities(asked);
      expect(json).toBe(expected.json);
      expect(confidences).toHaveLength(expected.products.length);
      expect(confidences.length).toBeGreaterThan(1);
      for (const [i, confidence] of confidences.entries()) expect(confidence).toBeCloseTo(expected.products[i]!, 4);
    }
  });

  /** The same answer, written in one go with the probabilities of every token. */
  async function labelProbabilities(asked: readonly Token[]): Promise<{ json: string; products: number[] }> {
    const sequence = await freshSequence();
    const grammarEvaluationState = new LlamaGrammarEvaluationState({ model: loaded.model, grammar });
    const tokens: Token[] = [];
    const products: number[] = [];
    const cursor = new AnswerCursor();
    let json = "";
    let wasInLabel = false;
    const options = { temperature: 0, grammarEvaluationState };
    for await (const { token, probabilities } of sequence.evaluateWithMetadata(
      [...asked],
      { probabilities: true },
      options,
    )) {
      tokens.push(token);
      if (cursor.inLabel) {
        if (!wasInLabel) products.push(1);
        products[products.length - 1]! *= probabilities.get(token)!;
      }
      wasInLabel = cursor.inLabel;
      const text = loaded.model.detokenize(tokens).replace(/\uFFFD+$/u, "");
      cursor.push(text.slice(json.length));
      json = text;
      if (cursor.whole || tokens.length >= ENOUGH) break;
    }
    return { json, products };
  }
});
