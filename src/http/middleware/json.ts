import { isUtf8 } from "node:buffer";
import express, { type RequestHandler } from "express";

/**
 * Reads a JSON body, whatever its content type says: `curl -d` calls JSON a form.
 * maxBytes: of the unpacked body.
 */
export function jsonBody(maxBytes: number): RequestHandler {
  return express.json({
    type: () => true,
    limit: maxBytes,
    strict: false, // a body that is no object is told by the schema, not as malformed JSON
    verify: (_req, _res, body) => {
      if (!isUtf8(body)) throw new Error("not UTF-8"); // decoding would put U+FFFD in its place silently
    },
  });
}
