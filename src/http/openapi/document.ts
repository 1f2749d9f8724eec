import { createDocument } from "zod-openapi";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../../package.js";
import { classifyPaths } from "../classify.js";
import { comparePaths } from "../compare.js";
import { healthPaths } from "../health.js";
import { metricsPaths } from "../metrics.js";
import { modelPaths } from "../models.js";
import { versionPaths } from "../version.js";
import type { Paths } from "./operations.js";

export type OpenApiDocument = ReturnType<typeof createDocument>;

const openApiPaths: Paths = {
  "/openapi.json": {
    get: {
      operationId: "openapi",
      tags: ["Operate"],
      summary: "This document",
      responses: { 200: { description: "OK", content: { "application/json": { schema: { type: "object" } } } } },
    },
  },
};

/** A file of routes brings its paths along: it exports them beside its router, and they are listed here. */
const PATHS: Paths = {
  ...classifyPaths,
  ...comparePaths,
  ...modelPaths,
  ...healthPaths,
  ...metricsPaths,
  ...versionPaths,
  ...openApiPaths,
};

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
    tags: [
      { name: "Classify", description: "Intent, slots and topic of texts." },
      { name: "Models", description: "What is loaded, and what it knows." },
      { name: "Operate", description: "Probes, metrics, versions." },
    ],
    paths: PATHS,
  });
}

/** The document as `docs/openapi.json` holds it. */
export function openApiJson(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}
