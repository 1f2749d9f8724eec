import { Router } from "express";
import type { z } from "zod";
import { faultMessage, type EnginePool } from "../classify/pool.js";
import { json, read, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";
import { Liveness, Readiness } from "./schemas.js";

export const healthPaths: Paths = {
  "/livez": { get: read("live", "Operate", "Whether the process runs", Liveness) },
  "/readyz": {
    get: read("ready", "Operate", "Whether requests will be answered, and the state of every engine", Readiness, {
      503: json("Not ready", Readiness),
    }),
  },
};

/** isDraining: whether the server is about to stop. */
export function healthRoutes(pool: EnginePool, isDraining: () => boolean): Router {
  const router = Router();
  route(router, "get", "/livez", (_req, res) => {
    res.json({ status: "ok" } satisfies z.infer<typeof Liveness>);
  });
  route(router, "get", "/readyz", (_req, res) => {
    const status = readiness(pool, isDraining());
    res
      .status(status === "ready" ? 200 : 503)
      .json({ status, engines: engines(pool) } satisfies z.infer<typeof Readiness>);
  });
  return router;
}

export function readiness(pool: EnginePool, draining: boolean): z.infer<typeof Readiness>["status"] {
  if (draining) return "draining";
  if (pool.ready) return "ready";
  return pool.opened ? "unavailable" : "loading";
}

function engines(pool: EnginePool): z.infer<typeof Readiness>["engines"] {
  const loaded = pool.entries.map((entry) => ({
    model: entry.model,
    engine: entry.engineName,
    state: entry.state,
    default: pool.default === entry,
    fallback: pool.fallback === entry,
    ...(entry.state === "failed" && { error: faultMessage(entry.error) }),
  }));
  const faulty = pool.faulty.map(({ model, error }) => ({
    model,
    state: "failed" as const,
    default: false,
    fallback: false,
    error: faultMessage(error),
  }));
  return [...loaded, ...faulty];
}
