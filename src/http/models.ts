import { Router } from "express";
import type { z } from "zod";
import type { EnginePool, PoolEntry } from "../classify/pool.js";
import { slotNames } from "../tasks/bio.js";
import { read, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";
import { ModelsAnswer, type ModelInfo } from "./schemas.js";

export const modelPaths: Paths = {
  "/models": { get: read("models", "Models", "The models and their labels", ModelsAnswer) },
};

export function modelRoutes(pool: EnginePool): Router {
  const router = Router();
  route(router, "get", "/models", (_req, res) => {
    res.json({ models: pool.entries.map((entry) => modelInfo(entry, pool)) } satisfies z.infer<typeof ModelsAnswer>);
  });
  return router;
}

function modelInfo(entry: PoolEntry, pool: EnginePool): z.infer<typeof ModelInfo> {
  const { model, engineName, bundle, tags, state, engine } = entry;
  const { name, version, description, language, license, tasks, limits } = bundle.manifest;
  const { intent, topic } = tasks;
  return {
    model,
    name,
    version,
    engine: engineName,
    ...(engine && { runtime: engine.runtime }),
    state,
    default: pool.default === entry,
    fallback: pool.fallback === entry,
    description,
    language,
    license,
    tasks: {
      ...(intent && { intent: { labels: intent.labels, reject: intent.reject, oos_threshold: intent.oos_threshold } }),
      ...(tags && { slots: { labels: slotNames(tags.slots) } }),
      ...(topic && { topic: { labels: topic.labels, groups: topic.groups } }),
    },
    limits,
  };
}
