import { Router } from "express";
import { CompareAnswer } from "../classify/answer.js";
import { compare } from "../classify/compare.js";
import { CompareRequest } from "../classify/request.js";
import type { ClassifyService } from "../classify/service.js";
import { contextOf } from "./middleware/context.js";
import { jsonBody } from "./middleware/json.js";
import { body, FAULTS, json, type Paths } from "./openapi/operations.js";
import { parseBody } from "./parse.js";
import { route } from "./route.js";

export const comparePaths: Paths = {
  "/compare": {
    post: {
      operationId: "compare",
      tags: ["Classify"],
      summary: "One text, answered by several engines side by side",
      description: "The engines run one after the other. One that fails reports its error beside the others' answers.",
      requestBody: body(CompareRequest, {
        all: { summary: "Every engine that is ready", value: { text: "wake me up at nine on friday" } },
        two: {
          summary: "Two engines",
          value: {
            text: "wake me up at nine on friday",
            engines: [{ engine: "single-pass" }, { engine: "dual-encoder" }],
          },
        },
      }),
      responses: { 200: json("The answers, with their times and tokens", CompareAnswer), ...FAULTS },
    },
  },
};

export function compareRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  route(router, "post", "/compare", jsonBody(maxBodyBytes), async (req, res) => {
    const request = parseBody(CompareRequest, req.body);
    res.json(await compare(service, request, contextOf(res)));
  });
  return router;
}
