import { MAX_MS, whole } from "./values.js";

/** What one request may ask for. */
export const LIMITS = {
  maxTexts: whole(1, 10_000).default(32).describe("Most texts in one request."),
  maxTextChars: whole(1)
    .default(100_000)
    .describe("Most characters (UTF-16 code units) of one text, before any model sees it."),
  maxBodyBytes: whole(1).default(2_097_152).describe("Largest request body, in bytes, unpacked."),
  timeoutMs: whole(1, MAX_MS)
    .default(30_000)
    .describe("Longest time for an answer, in milliseconds. A request's `timeout_ms` can shorten it."),
};
