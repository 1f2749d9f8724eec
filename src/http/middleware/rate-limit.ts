import type { RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { OnepassError } from "../../errors.js";
import { callerOf, OPEN_PATHS } from "./guard.js";

const MINUTE_MS = 60_000;

/**
 * Counts requests a minute by the name of their key, without keys by address (IPv6: by its network of 56 bits). Comes after the
 * guard. perMinute: for keys that say nothing else; 0: no limit.
 */
export function limitRate(perMinute: number): RequestHandler {
  const open = new Set(OPEN_PATHS);
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: (_req, res) => callerOf(res)?.rateLimitPerMinute ?? perMinute,
    skip: (req, res) =>
      open.has(req.path) ||
      callerOf(res)?.scopes.has("classify") === false ||
      (callerOf(res)?.rateLimitPerMinute ?? perMinute) === 0,
    keyGenerator: (req, res) => {
      const caller = callerOf(res);
      return caller ? `key ${caller.name}` : ipKeyGenerator(req.ip ?? "");
    },
    standardHeaders: "draft-8",
    legacyHeaders: false,
    validate: false, // its checks write to the console what a caller's headers made them think
    handler: (_req, _res, next) => {
      next(
        new OnepassError("rate_limited", 429, "Too many requests in this minute. Retry-After says when to come back."),
      );
    },
  });
}
