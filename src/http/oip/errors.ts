import type { RequestHandler } from "express";
import type { z } from "zod";
import { shapeErrors, type ErrorShape } from "../middleware/errors.js";
import type { InferError } from "./schemas.js";

/** Errors below `/v2` have the protocol's shape, whatever threw them. */
export const protocolErrors: RequestHandler = (_req, res, next) => {
  shapeErrors(res, protocolShape);
  next();
};

export const protocolShape: ErrorShape = ({ code, message, field }) => {
  const own = field === undefined ? {} : { field: protocolField(field) };
  return { error: message, code, ...own } satisfies z.infer<typeof InferError>;
};

const PROTOCOLS_OWN = /^(inputs|outputs|id|parameters|Inference-Header-Content-Length)\b/;

/** Where a field of ClassifyRequest stands in the protocol's: `texts[3]` is `inputs[0].data[3]`, the others are parameters. */
export function protocolField(field: string): string {
  if (PROTOCOLS_OWN.test(field)) return field;
  if (/^texts\b/.test(field)) return field.replace("texts", "inputs[0].data");
  return `parameters.${field.replace(/^tasks\[\d+\]$/, "tasks")}`; // the tasks are one string
}
