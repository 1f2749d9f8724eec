import cors from "cors";
import type { RequestHandler } from "express";

const PREFLIGHT_SECONDS = 600;

/** Lets pages of `origins` call from a browser; keys travel in headers, so no cookie is ever asked for. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    methods: ["GET", "POST"],
    allowedHeaders: ["authorization", "content-type", "traceparent", "x-api-key", "x-request-id"],
    exposedHeaders: ["ratelimit", "ratelimit-policy", "retry-after", "x-request-id"],
    maxAge: PREFLIGHT_SECONDS,
  });
}
