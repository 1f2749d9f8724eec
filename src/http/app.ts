import express, { type Express, type RequestHandler } from "express";
import helmet, { xContentTypeOptions } from "helmet";
import type { Logger } from "pino";
import type { ClassifyService } from "../classify/service.js";
import type { Metrics } from "../metrics/metrics.js";
import { classifyRoutes } from "./classify.js";
import { compareRoutes } from "./compare.js";
import { healthRoutes } from "./health.js";
import { metricsRoutes } from "./metrics.js";
import { requestContext } from "./middleware/context.js";
import { errorAnswers, notFound } from "./middleware/errors.js";
import { modelRoutes } from "./models.js";
import { openApiRoutes } from "./openapi/routes.js";
import { versionRoutes } from "./version.js";

export interface AppOptions {
  readonly service: ClassifyService;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  /** Whether the server is about to stop. */
  readonly isDraining: () => boolean;
}

/** The whole HTTP surface over a service. */
export function createApp({ service, metrics, logger, maxBodyBytes, isDraining }: AppOptions): Express {
  const app = express();
  app.disable("etag"); // no answer is asked for twice; hashing each costs time
  app.disable("x-powered-by");
  app.set("query parser", false);
  app.use(requestContext(metrics, logger), closeWhenDraining(isDraining), xContentTypeOptions());
  app.use(classifyRoutes(service, maxBodyBytes), compareRoutes(service, maxBodyBytes));
  // The dozen headers are for what a browser can open. Nobody opens a POST that answers JSON, and it is to be fast.
  app.use(helmet());
  app.use(modelRoutes(service.pool));
  app.use(healthRoutes(service.pool, isDraining));
  app.use(metricsRoutes(metrics), versionRoutes(), openApiRoutes());
  app.use(notFound);
  app.use(errorAnswers(metrics, logger));
  return app;
}

/** A kept-alive connection would outlive the server's patience. */
function closeWhenDraining(isDraining: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (isDraining()) res.set("Connection", "close");
    next();
  };
}
