import { Router } from "express";
import { z } from "zod";
import type { ClassifyAnswer } from "../../classify/answer.js";
import { ClassifyRequest } from "../../classify/request.js";
import type { ClassifyService } from "../../classify/service.js";
import { contextOf } from "../middleware/context.js";
import { shapeErrors } from "../middleware/errors.js";
import { jsonBody } from "../middleware/json.js";
import { parseBody } from "../parse.js";
import { route } from "../route.js";
import { ADAPTER_PATHS } from "./paths.js";

const RasaRequest = z.object({ text: z.string(), message_id: z.string().max(200).optional() });

/** As long as Rasa's ranking is by default. */
const RANKING = 10;

/** `POST /model/parse` as Rasa Open Source 3 answers it; docs/adapters.md says what differs. */
export function rasaRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  router.use(ADAPTER_PATHS.rasa, (_req, res, next) => {
    shapeErrors(res, ({ code, message, status, field }) => ({
      status: "failure",
      message,
      reason: code,
      code: status,
      details: field === undefined ? {} : { parameter: field },
    }));
    next();
  });
  route(router, "post", ADAPTER_PATHS.rasa, jsonBody(maxBodyBytes), async (req, res) => {
    const { text, message_id } = parseBody(RasaRequest, req.body);
    // Rasa counts characters as Python does.
    const request = ClassifyRequest.parse({ text, offsets: "code_points", top_k: RANKING });
    const answer = (await service.classify(request, contextOf(res))) as ClassifyAnswer;
    res.json({ ...rasaAnswer(answer), ...(message_id !== undefined && { message_id }) });
  });
  return router;
}

/** Rasa names no intent by null and 0, where ours is out of scope. */
function rasaAnswer({ text, intent, intent_ranking: ranking = [], slots = [] }: ClassifyAnswer) {
  return {
    text,
    intent: intent ?? { name: null, confidence: 0 },
    entities: slots.map(({ name, value, start, end, confidence }) => ({
      entity: name,
      start,
      end,
      confidence_entity: confidence,
      value,
      extractor: "onepass",
    })),
    intent_ranking: ranking,
  };
}
