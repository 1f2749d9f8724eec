import { Router } from "express";
import { z } from "zod";
import type { BatchAnswer, TextAnswer } from "../../classify/answer.js";
import { ClassifyRequest } from "../../classify/request.js";
import type { ClassifyService } from "../../classify/service.js";
import { OnepassError } from "../../errors.js";
import { contextOf } from "../middleware/context.js";
import { shapeErrors } from "../middleware/errors.js";
import { jsonBody } from "../middleware/json.js";
import { parseBody } from "../parse.js";
import { route } from "../route.js";
import { ADAPTER_PATHS } from "./paths.js";

const TeiRequest = z.object({
  /** A text, or a list of lists of one text each; a pair of texts is no task of ours. */
  inputs: z.union(
    [z.string(), z.array(z.string()), z.array(z.union([z.string(), z.array(z.string())]))],
    "must be a text, or a list of lists of one text each",
  ),
  raw_scores: z.boolean().default(false),
  truncate: z.boolean().nullable().default(false),
  truncation_direction: z.enum(["Left", "Right", "left", "right"]).default("Right"),
});

const ALL_LABELS = 100;

/** text-embeddings-inference's `error_type` by status. */
const ERROR_TYPES: Readonly<Record<number, string>> = {
  413: "validation",
  429: "overloaded",
  503: "unhealthy",
  500: "backend",
};

/** `POST /predict` as text-embeddings-inference answers it for a sequence classifier: the intents, best first. */
export function teiRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  router.use(ADAPTER_PATHS.tei, (_req, res, next) => {
    shapeErrors(res, ({ message, status }) => ({ error: message, error_type: ERROR_TYPES[status] ?? "validation" }));
    next();
  });
  route(router, "post", ADAPTER_PATHS.tei, jsonBody(maxBodyBytes), async (req, res) => {
    const { inputs, raw_scores, truncate, truncation_direction } = parseBody(TeiRequest, req.body);
    if (raw_scores)
      throw unsupported("raw_scores", "Only probabilities can be told: they are calibrated, logits are not.");
    if (truncation_direction.toLowerCase() === "left") {
      throw unsupported("truncation_direction", "A text is cut at its end, never at its beginning.");
    }
    const request = { texts: textsOf(inputs), tasks: ["intent"], truncate: truncate ?? false, top_k: ALL_LABELS };
    const { results } = (await service.classify(ClassifyRequest.parse(request), contextOf(res))) as BatchAnswer;
    const predictions = results.map(predictionOf);
    res.json(isBatch(inputs) ? predictions : predictions[0]);
  });
  return router;
}

type Inputs = z.infer<typeof TeiRequest>["inputs"];

/** TEI's rule: a list of texts is one input (a text, or a pair), a list of lists is a batch. */
function isBatch(inputs: Inputs): boolean {
  return Array.isArray(inputs) && inputs.some((input) => Array.isArray(input));
}

function textsOf(inputs: Inputs): string[] {
  const rows = typeof inputs === "string" ? [inputs] : isBatch(inputs) ? inputs : [inputs as string[]];
  return rows.map((row, i) => {
    const [text, ...others] = typeof row === "string" ? [row] : row;
    if (text === undefined || others.length > 0) {
      throw unsupported(rows.length > 1 ? `inputs[${i}]` : "inputs", "An input is one text; pairs can't be read.");
    }
    return text;
  });
}

function predictionOf({ intent_ranking: ranking = [] }: TextAnswer) {
  return ranking.map(({ name, confidence }) => ({ score: confidence, label: name }));
}

function unsupported(field: string, message: string): OnepassError {
  return new OnepassError("invalid_request", 422, message, { field });
}
