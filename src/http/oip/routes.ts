import express, { Router, type Request, type Response } from "express";
import type { z } from "zod";
import type { BatchAnswer } from "../../classify/answer.js";
import type { ClassifyService } from "../../classify/service.js";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../../package.js";
import { readiness } from "../health.js";
import { contextOf } from "../middleware/context.js";
import { route } from "../route.js";
import { inferAnswer, type EncodedAnswer } from "./answer.js";
import { metadataOf, modelAt, type ModelPath } from "./models.js";
import { readInference } from "./request.js";
import type { ModelMetadata, ModelNames, ModelReady, ServerLive, ServerMetadata, ServerReady } from "./schemas.js";

const JSON_BYTES = "Inference-Header-Content-Length";

/** The Open Inference Protocol, version 2: what KServe, Triton's clients and gateways speak. */
export function oipRoutes(service: ClassifyService, maxBodyBytes: number, isDraining: () => boolean): Router {
  const { pool } = service;
  const router = Router();
  route(router, "get", "/v2", (_req, res) => {
    const extensions = ["binary_tensor_data"];
    res.json({ name: PACKAGE_NAME, version: PACKAGE_VERSION, extensions } satisfies z.infer<typeof ServerMetadata>);
  });
  route(router, "get", "/v2/health/live", (_req, res) => {
    res.json({ live: true } satisfies z.infer<typeof ServerLive>);
  });
  route(router, "get", "/v2/health/ready", (_req, res) => {
    const ready = readiness(pool, isDraining()) === "ready";
    res.status(ready ? 200 : 503).json({ ready } satisfies z.infer<typeof ServerReady>);
  });
  route(router, "get", "/v2/models", (_req, res) => {
    const names = new Set(pool.entries.map(({ bundle }) => bundle.manifest.name));
    res.json({ models: [...names] } satisfies z.infer<typeof ModelNames>);
  });
  for (const path of ["/v2/models/:name", "/v2/models/:name/versions/:version"]) {
    route(router, "get", path, (req, res) => {
      res.json(metadataOf(modelAt(pool, modelIn(req)), pool) satisfies z.infer<typeof ModelMetadata>);
    });
    route(router, "get", `${path}/ready`, (req, res) => {
      const { bundle, state } = modelAt(pool, modelIn(req));
      const ready = state === "ready";
      res.status(ready ? 200 : 503).json({ name: bundle.manifest.name, ready } satisfies z.infer<typeof ModelReady>);
    });
    route(router, "post", `${path}/infer`, rawBody(maxBodyBytes), async (req, res) => {
      const { model, bundle } = modelAt(pool, modelIn(req));
      const inference = readInference(bodyOf(req), req.get(JSON_BYTES), model, bundle.manifest);
      const answer = await service.classify(inference.classify, contextOf(res));
      send(res, inferAnswer(answer as BatchAnswer, inference)); // it was asked for `texts`
    });
  }
  return router;
}

/** The whole body, whatever it calls itself: JSON, with or without tensors behind it. */
function rawBody(maxBytes: number) {
  return express.raw({ type: () => true, limit: maxBytes });
}

/** A request without a body has none to parse. */
function bodyOf({ body }: Request): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function modelIn({ params }: Request): ModelPath {
  return params as unknown as ModelPath;
}

function send(res: Response, { answer, binary }: EncodedAnswer): void {
  if (binary.length === 0) {
    res.json(answer);
    return;
  }
  const json = Buffer.from(JSON.stringify(answer));
  res
    .set(JSON_BYTES, `${json.length}`)
    .type("application/octet-stream")
    .send(Buffer.concat([json, ...binary]));
}
