import { z } from "zod";
import { MAX_MS, whole } from "./values.js";

const Origin = z
  .string()
  .refine(
    (origin) => origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin),
    "must be origins, `https://app.example`, or `*`",
  );

/** Who may call, how often, and how long a connection may take. */
export const SECURITY = {
  keysFile: z
    .string()
    .optional()
    .describe("File of API keys (`npm run key`). Unset: no key is asked for, and `/admin` is closed."),
  rateLimitPerMinute: whole(0)
    .default(0)
    .describe("Most requests a minute of one key's name, without keys of one address; `0`: no limit."),
  trustProxy: whole(0, 16)
    .default(0)
    .describe(
      "Proxies in front whose `X-Forwarded-For` is believed; `0`: a caller's address is that of its connection.",
    ),
  corsOrigins: z
    .string()
    .transform((origins) => origins.split(",").map((origin) => origin.trim()))
    .pipe(z.array(Origin))
    .default([])
    .describe("Origins whose pages may call from a browser, with commas between them, or `*`. Empty: none."),
  opsPort: whole(0, 65_535)
    .optional()
    .describe(
      "Port of `/metrics`, `/admin` and the probes alone; the other port then has neither `/metrics` nor `/admin`.",
    ),
  opsHost: z.string().optional().describe("Address of that port. Unset: `ONEPASS_HOST`."),
  headersTimeoutMs: whole(1, MAX_MS)
    .default(10_000)
    .describe("Longest time for a request's headers to arrive, in milliseconds."),
  receiveTimeoutMs: whole(1, MAX_MS)
    .default(30_000)
    .describe("Longest time for a whole request to arrive, in milliseconds."),
  keepAliveMs: whole(1, MAX_MS)
    .default(65_000)
    .describe("How long an idle connection is kept, in milliseconds: longer than a proxy in front keeps it."),
  maxConnections: whole(1).default(4_096).describe("Most connections at once; further ones are closed unanswered."),
};
