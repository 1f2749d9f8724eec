import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { OnepassError } from "../../errors.js";
import type { Metrics } from "../../metrics/metrics.js";
import { adapterAt } from "../adapters/paths.js";
import { errorBody } from "../protocol.js";
import { contextOf } from "./context.js";

/** Turns whatever a handler threw into the one error shape. What we did not foresee is logged and shown as `internal`. */
export function errorAnswers(metrics: Metrics, logger: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const answer = toOnepassError(error);
    const { code, status, retryAfterMs } = answer;
    metrics.requests.failed(code);
    res.locals.errorCode = code;
    if (code === "internal" || code === "engine_failed") {
      const { id, trace } = contextOf(res);
      logger.error({ request_id: id, trace_id: trace?.traceId, code, err: error }, "request failed");
    }
    if (res.headersSent) {
      res.destroy(); // half an answer must not look like a whole one
      return;
    }
    if (retryAfterMs !== undefined) res.set("Retry-After", retryAfterSeconds(retryAfterMs));
    else if (status === 503) res.set("Retry-After", "1");
    const { errorShape = errorBody } = res.locals as { errorShape?: ErrorShape };
    res.status(status).json(errorShape(answer));
  };
}

/** What of an error is answered, as a body. */
export type ErrorShape = (error: OnepassError) => object;

/** Errors of this response are answered in a protocol's own shape. */
export function shapeErrors(res: Response, shape: ErrorShape): void {
  res.locals.errorShape = shape;
}

/** The header has whole seconds; one at least, or clients would come back at once. */
export function retryAfterSeconds(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))}`;
}

/** Every path without a route. */
export const notFound: RequestHandler = ({ path }) => {
  const adapter = adapterAt(path);
  const advice =
    adapter === undefined ? "GET /openapi.json lists them." : `ONEPASS_ADAPTERS=${adapter} would make it one.`;
  throw new OnepassError("not_found", 404, `There is no such path. ${advice}`);
};

function toOnepassError(error: unknown): OnepassError {
  if (error instanceof OnepassError) return error;
  return (
    fromExpress(error) ?? new OnepassError("internal", 500, "Something went wrong in the server.", { cause: error })
  );
}

/** Errors of express and its body parser, told by their `type` and `status`. Their messages quote the body: not passed on. */
function fromExpress(error: unknown): OnepassError | undefined {
  const { type, status, limit, code, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  switch (type) {
    case "entity.parse.failed":
      return new OnepassError("invalid_json", 400, `The body is not valid JSON${placeIn(message)}.`);
    case "entity.verify.failed":
      return new OnepassError("invalid_json", 400, "The body is not valid UTF-8.");
    case "entity.too.large":
      return new OnepassError("body_too_large", 413, `The body is larger than ${String(limit)} bytes.`, {
        details: { limit },
      });
    case "charset.unsupported":
      return new OnepassError("unsupported_media_type", 415, "The body must be JSON in UTF-8.");
    case "encoding.unsupported":
      return new OnepassError(
        "unsupported_media_type",
        415,
        "The body's content encoding must be gzip, deflate or br.",
      );
    case "request.aborted":
      return new OnepassError("client_closed_request", 499, "The client closed the connection.");
    default:
      if (typeof code === "string" && code.startsWith("Z_")) {
        return new OnepassError("invalid_request", 400, "The body is not what its Content-Encoding says.");
      }
      return typeof status === "number" && status >= 400 && status < 500
        ? new OnepassError("invalid_request", 400, "The request could not be read.")
        : undefined;
  }
}

/** Where V8 stopped reading; it does not always say. */
function placeIn(message: unknown): string {
  const position = /^[^"]* at position (\d+)/.exec(String(message))?.[1];
  return position === undefined ? "" : `: character ${Number(position) + 1} is not what should stand there`;
}
