import type { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../../package.js";
import { adminPaths } from "../admin.js";
import { classifyPaths } from "../classify.js";
import { comparePaths } from "../compare.js";
import { healthPaths } from "../health.js";
import { metricsPaths } from "../metrics.js";
import { OPEN_PATHS } from "../middleware/guard.js";
import { modelPaths } from "../models.js";
import { oipPaths } from "../oip/openapi.js";
import { InferError } from "../oip/schemas.js";
import { ErrorAnswer } from "../schemas.js";
import { shadowPaths } from "../shadow.js";
import { pagePaths } from "../pages.js";
import { versionPaths } from "../version.js";
import { json, type Paths } from "./operations.js";

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
  ...shadowPaths,
  ...adminPaths,
  ...versionPaths,
  ...openApiPaths,
  ...oipPaths,
  ...pagePaths,
};

function refusals(error: z.ZodType): ZodOpenApiResponsesObject {
  return {
    401: json("The server asks for an API key", error),
    403: json("The key does not open this", error),
    429: json("Too many requests; `Retry-After` says when to come back", error),
  };
}

/** With what the edge answers before any route: a path that is not open may ask for a key. */
function guarded(path: string, item: Paths[string]): Paths[string] {
  if (OPEN_PATHS.includes(path)) return item;
  const refused = refusals(path in oipPaths ? InferError : ErrorAnswer);
  const operations = Object.entries(item).map(([method, operation]: [string, ZodOpenApiOperationObject]) => [
    method,
    { ...operation, responses: { ...refused, ...operation.responses } },
  ]);
  return Object.fromEntries(operations) as Paths[string];
}

/** Markdown, for the first page of a viewer. */
const DESCRIPTION = `Intent, slots and topic of a text from one pass of one model.

- Every error has one shape: \`{"error": {"code", "message", "field"?, "details"?}}\`. Codes are stable, messages are for people.
- 429 and 503 come with \`Retry-After\`; asking again earlier is in vain. After a 504 nobody should ask again by himself.
- Offsets are half open and in UTF-16 code units, or in code points on request: \`text.slice(start, end)\` is the slot's value.
- Confidences are calibrated: of answers with 0.8, some 80 in 100 are right.
- Every answer names its request in \`x-request-id\`; a caller may send an id of its own.`;

/** The API as OpenAPI 3.1, made from the schemas that parse the requests and type the answers. */
export function openApiDocument(): OpenApiDocument {
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: PACKAGE_NAME,
      version: PACKAGE_VERSION,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    tags: [
      { name: "Classify", description: "Intent, slots and topic of texts." },
      { name: "Models", description: "What is loaded, and what it knows." },
      { name: "Open Inference Protocol", description: "The same models, as KServe and Triton's clients ask for them." },
      { name: "Operate", description: "Probes, metrics, versions." },
      { name: "Pages", description: "For a browser." },
    ],
    // Which of them a server asks for, if any, is its operator's choice.
    security: [{}, { bearer: [] }, { apiKey: [] }],
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API key of the server." },
        apiKey: {
          type: "apiKey",
          in: "header",
          name: "x-api-key",
          description: "The same key, in a header of its own.",
        },
      },
    },
    paths: Object.fromEntries(Object.entries(PATHS).map(([path, item]) => [path, guarded(path, item)])),
  });
}

/** The document as `docs/openapi.json` holds it. */
export function openApiJson(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}
