import { Router } from "express";
import { compare } from "../classify/compare.js";
import { CompareRequest } from "../classify/request.js";
import type { ClassifyService } from "../classify/service.js";
import { contextOf } from "./middleware/context.js";
import { jsonBody } from "./middleware/json.js";
import { parseBody } from "./parse.js";
import { route } from "./route.js";

export function compareRoutes(service: ClassifyService, maxBodyBytes: number): Router {
  const router = Router();
  route(router, "post", "/compare", jsonBody(maxBodyBytes), async (req, res) => {
    const request = parseBody(CompareRequest, req.body);
    res.json(await compare(service, request, contextOf(res)));
  });
  return router;
}
