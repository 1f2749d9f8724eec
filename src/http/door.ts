import type { IncomingMessage, RequestListener } from "node:http";
import { OverloadedError } from "../errors.js";
import type { Metrics } from "../metrics/metrics.js";
import { requestIdOf } from "./middleware/context.js";
import { retryAfterSeconds, type ErrorShape } from "./middleware/errors.js";
import { modelRouteOf, type ModelRoute } from "./model-routes.js";
import type { RefusalLog } from "./refusal-log.js";

/** Whether a request is worth reading: undefined, or after how many milliseconds it may be. */
export type TurnsAway = (now: number) => number | undefined;

export interface DoorOptions {
  readonly turnsAway: TurnsAway;
  readonly metrics: Metrics;
  readonly refusals: RefusalLog;
}

/** An unread body of this size is cheaper to take and throw away than a new connection. */
const MOST_UNREAD_BYTES = 65_536;
/** Answers are made anew only for another time to come back. */
const STEP_MS = 50;

/**
 * Refuses requests before anything is read of them while no engine has a place: with four times as many as can be answered,
 * reading, parsing and logging those that are refused anyway would take the time from the others. It stands before the app,
 * since already the way into Express costs three times what a refusal does.
 *
 * Bodies that are not read are thrown away by Node, so that the connection serves the next request.
 */
export function door(app: RequestListener, { turnsAway, metrics, refusals }: DoorOptions): RequestListener {
  const prebuilt = new Map<ErrorShape, Prebuilt>();
  return (req, res) => {
    const route = cheapRouteOf(req);
    const startedAt = performance.now();
    const retryAfterMs = route && turnsAway(startedAt);
    if (!route || retryAfterMs === undefined) {
      app(req, res);
      return;
    }
    const { body, headers } = refusal(prebuilt, route.shape, retryAfterMs);
    res.statusCode = 429;
    res.setHeaders(headers).setHeader("x-request-id", requestIdOf(req)).end(body);
    metrics.queue.refused(undefined, "unread");
    metrics.requests.failed("overloaded");
    const labels = { method: "POST", route: route.route, status: 429 };
    metrics.requests.refused(labels, (performance.now() - startedAt) / 1000);
    refusals.count();
  };
}

/**
 * Of a request that can be refused here. A body that is large, or does not say how large, goes the long way, which has
 * limits; so does what a browser asks for a page of elsewhere, as the answer would lack the headers that let the page see it.
 */
function cheapRouteOf({ method, url = "", headers }: IncomingMessage): ModelRoute | undefined {
  const small = Number(headers["content-length"]) <= MOST_UNREAD_BYTES;
  return method === "POST" && small && headers.origin === undefined ? modelRouteOf(url) : undefined;
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
