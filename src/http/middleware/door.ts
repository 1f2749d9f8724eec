import type { RequestHandler } from "express";
import { OverloadedError } from "../../errors.js";
import type { Metrics } from "../../metrics/metrics.js";
import { requestIdOf } from "./context.js";
import { retryAfterSeconds, type ErrorShape } from "./errors.js";
import type { RefusalLog } from "./refusal-log.js";

/** Whether a request is worth reading: undefined, or after how many milliseconds it may be. */
export type TurnsAway = (now: number) => number | undefined;

/** A path that models answer, and the shape of its errors. */
export interface ModelRoute {
  /** For metrics: the pattern, never what was asked for. */
  readonly route: string;
  readonly shape: ErrorShape;
}

/** An unread body of this size is cheaper to take and throw away than a new connection. */
const MOST_UNREAD_BYTES = 65_536;
/** Answers are made anew only for another time to come back. */
const STEP_MS = 50;

/**
 * Refuses requests before anything is read of them while no engine has a place: with four times as many as can be answered,
 * reading, parsing and logging those that are refused anyway would take the time from the others. Their bodies are thrown
 * away by Node, so that the connection serves the next request; one that is large, or does not say how large, goes the long
 * way, which has limits.
 */
export function door(
  modelRouteOf: (url: string) => ModelRoute | undefined,
  turnsAway: TurnsAway,
  metrics: Metrics,
  refusals: RefusalLog,
): RequestHandler {
  const prebuilt = new Map<ErrorShape, Prebuilt>();
  return (req, res, next) => {
    const found = req.method === "POST" ? modelRouteOf(req.url) : undefined;
    const small = Number(req.headers["content-length"]) <= MOST_UNREAD_BYTES;
    const startedAt = performance.now();
    const retryAfterMs = found && small ? turnsAway(startedAt) : undefined;
    if (!found || retryAfterMs === undefined) {
      next();
      return;
    }
    const { body, headers } = refusal(prebuilt, found.shape, retryAfterMs);
    res.statusCode = 429;
    res.setHeaders(headers).setHeader("x-request-id", requestIdOf(req)).end(body);
    metrics.queue.refused(undefined, "unread");
    metrics.requests.failed("overloaded");
    const labels = { method: req.method, route: found.route, status: 429 };
    metrics.requests.refused(labels, (performance.now() - startedAt) / 1000);
    refusals.count();
  };
}

interface Prebuilt {
  readonly ms: number;
  readonly body: Buffer;
  readonly headers: Map<string, string | number | readonly string[]>;
}

/** The last answer of the shape, or a new one for another time. */
function refusal(prebuilt: Map<ErrorShape, Prebuilt>, shape: ErrorShape, retryAfterMs: number): Prebuilt {
  const ms = STEP_MS * Math.max(1, Math.ceil(retryAfterMs / STEP_MS));
  const last = prebuilt.get(shape);
  if (last?.ms === ms) return last;
  const body = Buffer.from(JSON.stringify(shape(new OverloadedError("requests", ms))));
  const headers = new Map<string, string | number | readonly string[]>([
    ["content-type", "application/json; charset=utf-8"],
    ["content-length", body.length],
    ["retry-after", retryAfterSeconds(ms)],
    ["x-content-type-options", "nosniff"],
  ]);
  const answer = { ms, body, headers };
  prebuilt.set(shape, answer);
  return answer;
}
