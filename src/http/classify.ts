import { Router } from "express";
import { ClassifyRequest } from "../classify/request.js";
import type { ClassifyService } from "../classify/service.js";
import { contextOf } from "./middleware/context.js";
import { jsonBody } from "./middleware/json.js";
import { parseBody } from "./parse.js";
import { route } from "./route.js";

export function classifyRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  route(router, "post", "/classify", jsonBody(maxBodyBytes), async (req, res) => {
    const request = parseBody(ClassifyRequest, req.body);
    res.json(await service.classify(request, contextOf(res)));
  });
  return router;
}
