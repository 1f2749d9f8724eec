import { Router } from "express";
import type { Metrics } from "../metrics/metrics.js";
import { text, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";

export const metricsPaths: Paths = {
  "/metrics": {
    get: {
      operationId: "metrics",
      tags: ["Operate"],
      summary: "Metrics in Prometheus' text format",
      responses: { 200: text("OK") },
    },
  },
};

export function metricsRoutes({ registry }: Metrics): Router {
  const router = Router();
  route(router, "get", "/metrics", async (_req, res) => {
    res.set("Content-Type", registry.contentType).send(await registry.metrics());
  });
  return router;
}
