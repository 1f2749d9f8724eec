import { z } from "zod";
import { MAX_MS, oneOf, whole } from "./values.js";

/** Where the process listens, how it stops, what it writes. */
export const SERVER = {
  host: z.string().default("127.0.0.1").describe("Address to listen on. `0.0.0.0` takes requests from other machines."),
  port: whole(0, 65_535).default(8080).describe("Port to listen on; `0` takes any free one and logs it."),
  drainMs: whole(0, MAX_MS)
    .default(25_000)
    .describe("Longest time to finish what runs after SIGTERM or SIGINT, in milliseconds."),
  logLevel: oneOf("fatal", "error", "warn", "info", "debug", "silent")
    .default("info")
    .describe("Least severe log lines to write. `debug` adds the health checks; no level writes a text."),
};
