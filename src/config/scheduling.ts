import { whole } from "./values.js";

/** What may wait for a model, and what is kept of its answers. */
export const SCHEDULING = {
  queueRequests: whole(1, 100_000)
    .default(16)
    .describe(
      "Most requests that wait for one engine; the next one is refused with a 429, and from then on a third of them may wait, 8 at " +
        "least, until none does. It sets the longest wait under overload.",
    ),
  queueTokens: whole(1)
    .default(16_384)
    .describe("Most tokens, estimated, of the texts that wait for one engine; the next request is refused with a 429."),
  batchWaitMs: whole(0, 1000)
    .optional()
    .describe(
      "Longest time that a batch waits to become full, in milliseconds, when prompts come fast enough for that. " +
        "Unset: 2 on a GPU; none on a CPU, where a full batch is hardly faster.",
    ),
  cacheBytes: whole(0)
    .default(0)
    .describe("Memory for answers to texts that were asked before, in bytes; `0`: they are read anew each time."),
};
