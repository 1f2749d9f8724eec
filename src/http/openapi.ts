import { Router } from "express";
import type { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { BatchAnswer, ClassifyAnswer, CompareAnswer } from "../classify/answer.js";
import { ClassifyRequest, CompareRequest } from "../classify/request.js";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../package.js";
import { route } from "./route.js";
import { ErrorAnswer, Liveness, ModelsAnswer, Readiness, VersionAnswer } from "./schemas.js";

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The API as OpenAPI 3.1, made from the schemas that parse the requests and type the answers. */
export function openApiDocument(): OpenApiDocument {
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: PACKAGE_NAME,
      version: PACKAGE_VERSION,
      description: "Intent, slots and topic of a text from one pass of one model.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths: {
      "/classify": { post: classify },
      "/compare": { post: compare },
      "/models": { get: read("The models and their labels", ModelsAnswer) },
      "/livez": { get: read("Whether the process runs", Liveness) },
      "/readyz": {
        get: read("Whether requests will be answered, and the state of every engine", Readiness, {
          503: json("Not ready", Readiness),
        }),
      },
      "/metrics": {
        get: {
          summary: "Metrics in Prometheus' text format",
          responses: { 200: { description: "OK", content: { "text/plain": { schema: { type: "string" } } } } },
        },
      },
      "/version": { get: read("Versions of the server and of what it reads", VersionAnswer) },
      "/openapi.json": {
        get: {
          summary: "This document",
          responses: { 200: { description: "OK", content: { "application/json": { schema: { type: "object" } } } } },
        },
      },
    },
  });
}

const FAULTS: ZodOpenApiResponsesObject = {
  400: json("The request is at fault; `field` names where", ErrorAnswer),
  413: json("The body or a text is too long", ErrorAnswer),
  415: json("The body is not JSON in UTF-8", ErrorAnswer),
  500: json("The engine failed", ErrorAnswer),
  503: json("No model is ready yet", ErrorAnswer),
  504: json("There was no answer in time", ErrorAnswer),
};

const compare: ZodOpenApiOperationObject = {
  summary: "One text, answered by several engines side by side",
  description: "The engines run one after the other. One that fails reports its error beside the others' answers.",
  requestBody: { required: true, content: { "application/json": { schema: CompareRequest } } },
  responses: { 200: json("The answers, with their times and tokens", CompareAnswer), ...FAULTS },
};

const classify: ZodOpenApiOperationObject = {
  summary: "Intent, slots and topic of one text or of several",
  description: "The body is read as JSON in UTF-8, whatever its content type says.",
  requestBody: { required: true, content: { "application/json": { schema: ClassifyRequest } } },
  responses: {
    200: json("`text` is answered by a ClassifyAnswer, `texts` by a BatchAnswer", ClassifyAnswer.or(BatchAnswer)),
    ...FAULTS,
  },
};

function json(description: string, schema: z.ZodType) {
  return { description, content: { "application/json": { schema } } };
}

function read(summary: string, answer: z.ZodType, others: ZodOpenApiResponsesObject = {}): ZodOpenApiOperationObject {
  return { summary, responses: { 200: json("OK", answer), ...others } };
}

export function openApiRoutes(): Router {
  const router = Router();
  const document = openApiDocument();
  route(router, "get", "/openapi.json", (_req, res) => {
    res.json(document);
  });
  return router;
}
