import { Router } from "express";
import { z } from "zod";
import type { ClassifyAnswer, Guess } from "../../classify/answer.js";
import { ClassifyRequest } from "../../classify/request.js";
import type { ClassifyService } from "../../classify/service.js";
import { OnepassError } from "../../errors.js";
import { contextOf } from "../middleware/context.js";
import { jsonBody } from "../middleware/json.js";
import { parseBody } from "../parse.js";
import { route } from "../route.js";
import { ADAPTER_PATHS } from "./paths.js";

const Question = z.object({
  type: z.enum(["choice", "score", "noul"]),
  instructions: z.string().optional(),
  /** The options: labels of the model, each with what it means, which we know already. */
  criteria: z
    .union([z.record(z.string(), z.unknown()), z.array(z.string())], "must be a list of labels, or an object of them")
    .optional(),
});

const SystemOneRequest = z.object({
  state: z.string(),
  questions: z
    .record(z.string().max(200), Question)
    .refine((all) => Object.keys(all).length > 0, "must hold at least 1 question"),
  model: z.string().max(200).optional(),
});

type Question = z.infer<typeof Question>;

const ALL_LABELS = 100;

/**
 * `POST /v1/systemone` of llama.cpp's server, for choices among the labels of the served model: intents, or topics. All
 * questions are answered from one prefill.
 */
export function systemOneRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  route(router, "post", ADAPTER_PATHS.systemone, jsonBody(maxBodyBytes), async (req, res) => {
    const { state, questions } = parseBody(SystemOneRequest, req.body);
    for (const [id, { type }] of Object.entries(questions)) {
      if (type === "choice") continue;
      const message = `A question of type "${type}" can't be answered: the model knows labels alone. Ask a "choice".`;
      throw new OnepassError("invalid_request", 400, message, { field: `questions.${id}.type` });
    }
    const request = ClassifyRequest.parse({ text: state, top_k: ALL_LABELS, oos_threshold: 0 });
    const answer = (await service.classify(request, contextOf(res))) as ClassifyAnswer;
    const answers = Object.entries(questions).map(([id, question]) => [id, choose(id, question, answer)]);
    res.json({
      model: answer.model,
      answers: Object.fromEntries(answers) as Record<string, unknown>,
      usage: { input_tokens: answer.usage.prompt_tokens, output_tokens: 0 },
    });
  });
  return router;
}

/** The best of the options and their probabilities, which are those of the labels made to add up to 1. */
function choose(
  id: string,
  { criteria }: Question,
  { intent_ranking: intents = [], topic_ranking: topics = [] }: ClassifyAnswer,
) {
  const field = `questions.${id}.criteria`;
  const options = criteria === undefined ? intents.map(({ name }) => name) : optionsOf(criteria);
  if (options.length < 2)
    throw new OnepassError("invalid_request", 400, "A choice has two options or more.", { field });
  const ranking = [intents, topics].find((guesses) => options.every((option) => known(guesses).has(option)));
  if (!ranking) {
    const stranger = options.find((option) => !known([...intents, ...topics]).has(option));
    const message =
      stranger === undefined
        ? "The options are intents and topics: ask two questions."
        : "An option is no label of the model. GET /models lists them.";
    throw new OnepassError("invalid_request", 400, message, { field, details: { option: stranger } });
  }
  const kept = ranking.filter(({ name }) => options.includes(name));
  const total = kept.reduce((sum, { confidence }) => sum + confidence, 0);
  const share = (confidence: number) => (total > 0 ? confidence / total : 1 / kept.length);
  return {
    type: "choice",
    choice: kept[0]?.name,
    probabilities: Object.fromEntries(kept.map(({ name, confidence }) => [name, share(confidence)])),
    confidence: share(kept[0]?.confidence ?? 0),
  };
}

const known = (guesses: readonly Guess[]): Set<string> => new Set(guesses.map(({ name }) => name));

function optionsOf(criteria: NonNullable<Question["criteria"]>): string[] {
  return Array.isArray(criteria) ? criteria : Object.keys(criteria);
}
