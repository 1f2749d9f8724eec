import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Router } from "express";
import { z } from "zod";
import type { Bundle } from "../bundle/bundle.js";
import type { EnginePool, PoolEntry } from "../classify/pool.js";
import { OnepassError } from "../errors.js";
import { slotNames } from "../tasks/bio.js";
import { json, read, text, type Paths } from "./openapi/operations.js";
import { route } from "./route.js";
import { ErrorAnswer, ModelsAnswer, type ModelInfo } from "./schemas.js";

export const modelPaths: Paths = {
  "/models": { get: read("models", "Models", "The models and their labels", ModelsAnswer) },
  "/models/{model}/card": {
    get: {
      operationId: "card",
      tags: ["Models"],
      summary: "A model's card, in Markdown: its data, licences, figures and limits",
      requestParams: {
        path: z.object({ model: z.string().describe("`name` (its highest version) or `name@version`.") }),
      },
      responses: {
        200: text("The bundle's MODEL_CARD.md", "text/markdown"),
        400: json("The path can't be read", ErrorAnswer),
        404: json("There is no such model, or it has no card", ErrorAnswer),
      },
    },
  },
};

export function modelRoutes(pool: EnginePool): Router {
  const router = Router();
  route(router, "get", "/models", (_req, res) => {
    res.json({ models: pool.entries.map((entry) => modelInfo(entry, pool)) } satisfies z.infer<typeof ModelsAnswer>);
  });
  route(router, "get", "/models/:model/card", async (req, res) => {
    const { model } = req.params as { model: string };
    const entry = pool.byModel(model);
    if (!entry) throw new OnepassError("not_found", 404, "There is no such model. GET /models lists them.");
    const card = await cardOf(entry.bundle); // a fault of it is no Markdown
    res.type("text/markdown").send(card);
  });
  return router;
}

async function cardOf({ folder }: Bundle): Promise<string> {
  try {
    return await readFile(join(folder, "MODEL_CARD.md"), "utf8");
  } catch (cause) {
    throw new OnepassError("not_found", 404, "This model has no card.", { cause });
  }
}

/** What a model is, as callers and operators see it. */
export function modelInfo(entry: PoolEntry, pool: EnginePool): z.infer<typeof ModelInfo> {
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
