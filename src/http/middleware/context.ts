import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import type { RequestContext } from "../../classify/service.js";
import { OnepassError, type ErrorCode } from "../../errors.js";
import type { Metrics } from "../../metrics/metrics.js";
import type { Tracing } from "../../tracing/trace.js";
import { callerOf } from "./guard.js";
import type { RefusalLog } from "../refusal-log.js";

/** What a caller may name its request: no white space, nothing that breaks a log or a header. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;
const CLIENT_CLOSED_REQUEST = 499; // nginx's: there is nobody to send a status to
const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz", "/metrics", "/v2/health/live", "/v2/health/ready"]);

/** Who is told when a request has ended. */
export interface Tellers {
  readonly logger: Logger;
  readonly refusals: RefusalLog;
  readonly tracing: Tracing;
}

/** Gives every request its id, its start and its signal; times, counts and logs it when it has ended. */
export function requestContext(metrics: Metrics, { logger, refusals, tracing }: Tellers): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const id = requestIdOf(req);
    const gone = new AbortController();
    const trace = PROBES.has(req.path) ? undefined : tracing.begin(req.get("traceparent"));
    res.locals.context = { id, startedAt, signal: gone.signal, trace } satisfies RequestContext;
    res.set("x-request-id", id);
    if (trace) res.set("traceparent", trace.traceparent);
    metrics.requests.started();
    res.once("close", () => {
      if (!res.writableFinished) {
        gone.abort(
          new OnepassError("client_closed_request", CLIENT_CLOSED_REQUEST, "The client closed the connection."),
        );
      }
      const status = res.writableFinished ? res.statusCode : CLIENT_CLOSED_REQUEST;
      const labels = { method: req.method, route: routeOf(req), status };
      const code = errorCodeOf(res);
      const ms = performance.now() - startedAt;
      metrics.requests.ended(labels, ms / 1000);
      trace?.end({ requestId: id, ...labels, code });
      if (code === "overloaded") refusals.count();
      // Probes come all the time; that models load, fail or are ready has lines of its own.
      const usual = code === "overloaded" || PROBES.has(labels.route);
      logger[usual ? "debug" : "info"](
        {
          request_id: id,
          trace_id: trace?.traceId,
          ...labels,
          key: callerOf(res)?.name,
          code,
          duration_ms: Math.round(ms * 1000) / 1000,
        },
        "request",
      );
    });
    next();
  };
}

/** The caller's own, or a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}

export function contextOf(res: Response): RequestContext {
  return (res.locals as { context: RequestContext }).context;
}

/** Set by the error middleware; an answer without an error has none. */
function errorCodeOf(res: Response): ErrorCode | undefined {
  return (res.locals as { errorCode?: ErrorCode }).errorCode;
}

/** The pattern of the route: a path that matched none is a caller's text. */
function routeOf(req: Request): string {
  const { path } = (req.route ?? {}) as { path?: unknown };
  return typeof path === "string" ? path : "unmatched";
}
