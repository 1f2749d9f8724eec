import { LlamaText, resolveChatWrapper, type LlamaModel } from "node-llama-cpp";
import type { AnswerPrompt } from "../../bundle/manifest.js";
import { buildPrompt } from "../decoder/prompt.js";
import type { Forward } from "../plan.js";

/** Puts a text's tokens into the prompt that asks for the answer. */
export interface PromptFrame {
  readonly build: (forward: Forward) => readonly number[];
  /** Tokens of a prompt besides the text's, at most. */
  readonly tokens: number;
  /** Tokens that only the frame may use: no text may hold them. */
  readonly reserved: readonly number[];
}

// Stands for the text while a template is cut in two; a private-use character that no template holds.
const TEXT_MARK = "\uE0F1";

export function promptFrame(spec: AnswerPrompt, model: LlamaModel): PromptFrame {
  if (spec.kind === "read-outs") {
    const reserved = [spec.bos, ...Object.values(spec.read_outs).filter((token) => token !== undefined)];
    return { build: (forward) => buildPrompt(spec, forward).ids, tokens: reserved.length, reserved };
  }
  const [before, after] = spec.kind === "chat" ? chatFrame(spec, model) : plainFrame(spec.template, model);
  return {
    build: ({ ids }) => [...before, ...ids, ...after],
    tokens: before.length + after.length,
    reserved: [...new Set([...before, ...after])].filter((id) => model.isSpecialToken(id)),
  };
}

type Frame = readonly [before: ReturnType<LlamaModel["tokenize"]>, after: ReturnType<LlamaModel["tokenize"]>];

function plainFrame(template: string, model: LlamaModel): Frame {
  const [before = "", after = ""] = template.split("{text}");
  const { bos, shouldPrependBosToken } = model.tokens;
  const opening = model.tokenize(before, true);
  const prepend = bos !== null && shouldPrependBosToken && opening[0] !== bos;
  return [prepend ? [bos, ...opening] : opening, model.tokenize(after, true)];
}

/** The template comes from the file; the frame is what it puts around the text of the one user's turn. */
function chatFrame({ system, user }: Extract<AnswerPrompt, { kind: "chat" }>, model: LlamaModel): Frame {
  const { contextText } = resolveChatWrapper(model).generateContextState({
    chatHistory: [
      ...(system === undefined ? [] : [{ type: "system" as const, text: system }]),
      { type: "user", text: user.replace("{text}", () => TEXT_MARK) },
      { type: "model", response: [] },
    ],
  });
  const { values } = contextText;
  const at = values.findIndex((value) => typeof value === "string" && value.includes(TEXT_MARK));
  const turn = values[at];
  if (typeof turn !== "string") throw new Error("the file's chat template does not hold the user's turn");
  const [before = "", after = ""] = turn.split(TEXT_MARK);
  const opening = LlamaText([...values.slice(0, at), before]).tokenize(model.tokenizer);
  // The binding puts the token of opening before a template that, as ChatML's, may itself begin with it.
  const { bos } = model.tokens;
  if (bos !== null && opening[0] === bos && opening[1] === bos) opening.shift();
  return [opening, LlamaText([after, ...values.slice(at + 1)]).tokenize(model.tokenizer)];
}
