import type { IncomingMessage, ServerResponse } from "node:http";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Express } from "express";
import { afterEach, expect } from "vitest";
import { openApiDocument } from "../../src/http/openapi/document.js";

/** Files of pages: whatever the build has made, no part of the API. */
const ASSETS = "/assets/";
/** Written to a connection that the caller has closed. */
const NOBODY_WAITS = 499;
/** What the edge answers before it is known whether there is such an operation: a key is missing, or the callers are too many. */
const OF_THE_EDGE = new Set([401, 403, 429]);
const PREFLIGHT = "OPTIONS";
const NOT_MODIFIED = 304;
const METHODS = new Set(["get", "post", "put", "patch", "delete"]);

type Handle = (req: IncomingMessage, res: ServerResponse, next?: unknown) => void;
interface Response {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
}
interface Described {
  readonly content?: Record<string, { readonly schema: object }>;
}

const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Described> }>>;
};
const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true });
ajv.addVocabulary([...Object.keys(document), "example"]); // words of OpenAPI, which JSON Schema lacks
ajv.addSchema({ $id: "onepass", ...document });
const compiled = new Map<string, ValidateFunction>();
const templates = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+")}/?$`, "i"),
}));

const breaches: string[] = [];
afterEach(() => {
  expect(breaches.splice(0), "answers that /openapi.json does not describe").toEqual([]);
});

/** From now on a test fails in which `app` answers anything that `/openapi.json` does not describe. */
export function holdToContract(
  app: Express,
  told: (faults: string[]) => void = (faults) => breaches.push(...faults),
): void {
  const inner = app as unknown as { handle: Handle };
  const handle = inner.handle.bind(app);
  inner.handle = (req, res, next) => {
    hear(res, (body) => {
      const { method = "", url = "" } = req;
      const type = res.getHeader("content-type");
      const contentType = typeof type === "string" ? type.split(";")[0] : undefined;
      // A router rewrites `url` while it runs, express keeps what was asked for.
      const asked = (req as { originalUrl?: string }).originalUrl ?? url;
      const path = asked.split(/[?#]/)[0] ?? ""; // a fragment is not to be sent, and ignored
      try {
        told(breachesOf({ method, path, status: res.statusCode, contentType, body }));
      } catch (error) {
        told([`${method} ${path}: ${String(error)}`]); // thrown here, it would leave the caller without an answer
      }
    });
    handle(req, res, next);
  };
}

/** Tells the whole body of an answer when it is ended, before the caller can have read it. */
function hear(res: ServerResponse, told: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown): void => {
    if (typeof chunk === "string" || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  const write = res.write.bind(res) as (...args: unknown[]) => boolean;
  const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse;
  res.write = ((...args: unknown[]) => (keep(args[0]), write(...args))) as typeof res.write;
  res.end = ((...args: unknown[]) => {
    keep(args[0]);
    told(Buffer.concat(chunks).toString());
    return end(...args);
  }) as typeof res.end;
}

/** The Open Inference Protocol has a shape of errors of its own. */
const errorAt = (path: string) => (/^\/v2(\/|$)/.test(path) ? "InferError" : "Error");

/** What is wrong with an answer by the document; nothing is. */
export function breachesOf({ method, path, status, contentType, body }: Response): string[] {
  const answer = `${method} ${path}: ${status}`;
  if (path.startsWith(ASSETS) || status === NOBODY_WAITS) return [];
  if (method === PREFLIGHT && status === 204) return [];
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const template = templates.find(({ pattern }) => pattern.test(path))?.path;
  const operation = METHODS.has(verb) && template !== undefined ? document.paths[template]?.[verb] : undefined;
  if (!operation) {
    const expected = template === undefined ? 404 : 405;
    return status === expected || OF_THE_EDGE.has(status)
      ? faults(`${answer} of no operation`, `#/components/schemas/${errorAt(path)}`, body, method)
      : [`${answer}, where there is no such operation, not ${expected}`];
  }
  if (status === NOT_MODIFIED && verb === "get") return []; // the caller has it already
  const described = operation.responses[String(status)];
  if (!described) return [`${answer} is not described, only ${Object.keys(operation.responses).join(", ")}`];
  if (!described.content) return body === "" ? [] : [`${answer} has a body that is not described`];
  if (contentType === undefined || !(contentType in described.content)) {
    return [`${answer} is ${contentType ?? "of no type"}, not ${Object.keys(described.content).join(" or ")}`];
  }
  if (contentType !== "application/json") return [];
  const place = ["paths", template ?? "", verb, "responses", String(status), "content", contentType, "schema"];
  const pointer = place.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  return faults(answer, `#/${pointer}`, body, method);
}

function faults(answer: string, pointer: string, body: string, method: string): string[] {
  if (method === "HEAD") return [];
  let validate = compiled.get(pointer);
  if (!validate) compiled.set(pointer, (validate = ajv.compile({ $ref: `onepass${pointer}` })));
  return validate(JSON.parse(body)) ? [] : [`${answer} is not what is described: ${ajv.errorsText(validate.errors)}`];
}
