import { Router } from "express";
import { BatchAnswer, ClassifyAnswer } from "../classify/answer.js";
import { ClassifyRequest } from "../classify/request.js";
import type { ClassifyService } from "../classify/service.js";
import { contextOf } from "./middleware/context.js";
import { jsonBody } from "./middleware/json.js";
import { body, FAULTS, json, type Paths } from "./openapi/operations.js";
import { parseBody } from "./parse.js";
import { route } from "./route.js";

export const classifyPaths: Paths = {
  "/classify": {
    post: {
      operationId: "classify",
      tags: ["Classify"],
      summary: "Intent, slots and topic of one text or of several",
      description: "The body is read as JSON in UTF-8, whatever its content type says.",
      requestBody: body(ClassifyRequest, {
        one: { summary: "One text", value: { text: "wake me up at nine on friday" } },
        several: {
          summary: "Several texts, answered in order",
          value: { texts: ["wake me up at nine on friday", "play some jazz"], tasks: ["intent", "slots"] },
        },
        rival: {
          summary: "Another engine, a threshold, offsets for Python",
          value: {
            text: "wake me up at nine ⏰",
            engine: "dual-encoder",
            tasks: ["intent", "slots"],
            top_k: 3,
            offsets: "code_points",
            oos_threshold: 0.3,
          },
        },
        topic: {
          summary: "The topic of a post, as much of it as the model reads",
          value: { text: "The shuttle reached orbit on Friday.", tasks: ["topic"], truncate: true },
        },
      }),
      responses: {
        200: json("`text` is answered by a ClassifyAnswer, `texts` by a BatchAnswer", ClassifyAnswer.or(BatchAnswer)),
        ...FAULTS,
      },
    },
  },
};

export function classifyRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  route(router, "post", "/classify", jsonBody(maxBodyBytes), async (req, res) => {
    const request = parseBody(ClassifyRequest, req.body);
    res.json(await service.classify(request, contextOf(res)));
  });
  return router;
}
