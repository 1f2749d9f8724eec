import { Router } from "express";
import { noShadow, ShadowSummary } from "../shadow/summary.js";
import { read, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";

export const shadowPaths: Paths = {
  "/compare/summary": {
    get: read("compareSummary", "Operate", "How far the shadow agrees with the models that answer", ShadowSummary),
  },
};

/** shadow: undefined when nobody is asked beside the models that answer. */
export function shadowRoutes(shadow: { summary(): ShadowSummary } | undefined): Router {
  const router = Router();
  const since = new Date(Date.now() - process.uptime() * 1000).toISOString();
  route(router, "get", "/compare/summary", (_req, res) => {
    res.json(shadow ? shadow.summary() : noShadow(since));
  });
  return router;
}
