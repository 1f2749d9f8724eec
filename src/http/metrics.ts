import { Router } from "express";
import type { Metrics } from "../metrics/metrics.js";
import { route } from "./route.js";

export function metricsRoutes({ registry }: Metrics): Router {
  const router = Router();
  route(router, "get", "/metrics", async (_req, res) => {
    res.set("Content-Type", registry.contentType).send(await registry.metrics());
  });
  return router;
}
