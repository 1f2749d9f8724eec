import type { Express } from "express";
import type { KeyRing } from "../access/keys.js";
import type { AccessMetrics } from "../metrics/access.js";
import { guard } from "./middleware/guard.js";
import { allowOrigins } from "./middleware/origins.js";
import { limitRate } from "./middleware/rate-limit.js";

/** Who may call, how often and from which pages. What is not set costs no request anything. */
export interface EdgeOptions {
  /** Unset: no key is asked for. */
  readonly keys?: KeyRing | undefined;
  readonly rateLimitPerMinute: number;
  readonly corsOrigins: readonly string[];
  /** Proxies in front whose `X-Forwarded-For` is believed. */
  readonly trustProxy: number;
}

export const OPEN_EDGE: EdgeOptions = { rateLimitPerMinute: 0, corsOrigins: [], trustProxy: 0 };

/** Puts an edge in front of whatever is added to `app` later: nothing of a body has been read by then. */
export function useEdge(app: Express, edge: EdgeOptions, metrics: AccessMetrics): void {
  const { keys, rateLimitPerMinute, corsOrigins, trustProxy } = edge;
  if (trustProxy > 0) app.set("trust proxy", trustProxy);
  if (corsOrigins.length > 0) app.use(allowOrigins(corsOrigins)); // before the guard: a preflight has no key
  app.use(guard(keys, metrics));
  // A key may have a limit of its own where there is none for all.
  if (rateLimitPerMinute > 0 || keys) app.use(limitRate(rateLimitPerMinute));
}
