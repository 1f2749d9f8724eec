import { z } from "zod";
import { MAX_MS, oneOf, whole } from "./values.js";

/** The processes that models run in. */
export const WORKERS = {
  workers: z
    .string()
    .transform((count) => (count === "in-process" ? "0" : count))
    .pipe(whole(0, 64))
    .default(1)
    .describe(
      "Processes that each model runs in, each with the model in its memory, so that a fault of native code takes no other " +
        "request along. `0` or `in-process`: models run in the server's own process.",
    ),
  workerSpare: oneOf("on", "off")
    .default("on")
    .describe(
      "Whether a process waits with the libraries of the decoders open, so that a worker that ends has another in its place in a " +
        "second less; it takes some 100 MB.",
    ),
  workerMemoryMb: whole(0)
    .default(0)
    .describe("A worker whose resident memory is above this many MiB is replaced by a fresh one; `0`: no ceiling."),
  workerHangMs: whole(0, MAX_MS)
    .default(20_000)
    .describe(
      "A worker that has work and finishes none for this long is killed; `0`: never. Longer than the longest run of a model, as `ONEPASS_RUN_TIMEOUT_MS` is.",
    ),
  workerSilentMs: whole(0, MAX_MS)
    .default(2_000)
    .describe("A worker whose heartbeat stops for this long is killed; `0`: never."),
};
