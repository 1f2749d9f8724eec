import express, { type Express, type RequestHandler } from "express";
import helmet, { xContentTypeOptions } from "helmet";
import type { Logger } from "pino";
import type { ClassifyService } from "../classify/service.js";
import type { AdapterName } from "../config/adapters.js";
import type { Metrics } from "../metrics/metrics.js";
import type { Shadow } from "../shadow/shadow.js";
import { PASSED_ON, type Tracing } from "../tracing/trace.js";
import { adapterRoutes } from "./adapters/adapters.js";
import type { ModelManager } from "../lifecycle/manager.js";
import { adminRoutes } from "./admin.js";
import { classifyRoutes } from "./classify.js";
import { compareRoutes } from "./compare.js";
import { OPEN_EDGE, useEdge, type EdgeOptions } from "./edge.js";
import { healthRoutes } from "./health.js";
import { metricsRoutes } from "./metrics.js";
import { requestContext } from "./middleware/context.js";
import { errorAnswers, notFound } from "./middleware/errors.js";
import { RefusalLog } from "./refusal-log.js";
import { modelRoutes } from "./models.js";
import { protocolErrors } from "./oip/errors.js";
import { oipRoutes } from "./oip/routes.js";
import { openApiRoutes } from "./openapi/routes.js";
import { shadowRoutes } from "./shadow.js";
import { pageRoutes } from "./pages.js";
import { versionRoutes } from "./version.js";

export interface AppOptions {
  readonly service: ClassifyService;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  /** Whether the server is about to stop. */
  readonly isDraining: () => boolean;
  /** By default callers' traces are passed on and none is kept. */
  readonly tracing?: Tracing;
  /** Told of requests that had no place; by default one of its own. */
  readonly refusals?: RefusalLog;
  /** By default nobody is kept out. */
  readonly edge?: EdgeOptions;
  /** Changes models while the server runs; without it there is no `/admin`. */
  readonly manager?: ModelManager | undefined;
  /** Whether `/metrics`, `/compare/summary` and `/admin` have a port of their own (`createOpsApp`); false by default. */
  readonly opsApart?: boolean;
  /** Other servers' APIs that are answered, too; none by default. */
  readonly adapters?: readonly AdapterName[];
  /** Who is asked beside the models that answer; by default nobody. */
  readonly shadow?: Pick<Shadow, "summary"> | undefined;
}

/** The whole HTTP surface over a service. */
export function createApp(options: AppOptions): Express {
  const { service, metrics, maxBodyBytes, isDraining } = options;
  const app = bareApp(options);
  app.use(classifyRoutes(service, maxBodyBytes), compareRoutes(service, maxBodyBytes));
  for (const routes of adapterRoutes(options.adapters ?? [], service, maxBodyBytes)) app.use(routes);
  // The dozen headers are for what a browser can open. Nobody opens a POST that answers JSON, and it is to be fast.
  app.use(helmet());
  app.use(modelRoutes(service.pool), oipRoutes(service, maxBodyBytes, isDraining));
  app.use(healthRoutes(service.pool, isDraining));
  app.use(versionRoutes(), openApiRoutes(), pageRoutes());
  if (!options.opsApart) app.use(opsRoutes(options));
  app.use(notFound);
  app.use(errorAnswers(metrics, options.logger));
  return app;
}

/** What operators and their machines ask, and nobody else: for a port that the outside can't reach. */
export function createOpsApp(options: AppOptions): Express {
  const app = bareApp(options);
  app.use(helmet());
  app.use(healthRoutes(options.service.pool, options.isDraining));
  app.use(opsRoutes(options));
  app.use(notFound);
  app.use(errorAnswers(options.metrics, options.logger));
  return app;
}

function opsRoutes({ metrics, shadow, manager }: AppOptions): RequestHandler[] {
  return [metricsRoutes(metrics), shadowRoutes(shadow), ...(manager ? [adminRoutes(manager)] : [])];
}

/** What every request meets first. */
function bareApp(options: AppOptions): Express {
  const { metrics, logger, isDraining, tracing = PASSED_ON, edge = OPEN_EDGE } = options;
  const { refusals = new RefusalLog(logger) } = options;
  const app = express();
  app.disable("etag"); // no answer is asked for twice; hashing each costs time
  app.disable("x-powered-by");
  app.set("query parser", false);
  app.use(requestContext(metrics, { logger, refusals, tracing }), closeWhenDraining(isDraining), xContentTypeOptions());
  app.use("/v2", protocolErrors);
  useEdge(app, edge, metrics.access);
  return app;
}

/** A kept-alive connection would outlive the server's patience. */
function closeWhenDraining(isDraining: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (isDraining()) res.set("Connection", "close");
    next();
  };
}
