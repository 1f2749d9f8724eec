import { z } from "zod";
import { share } from "./values.js";

/** What an operator sees besides metrics: traces, and by opt-in texts. */
export const OBSERVABILITY = {
  otlpEndpoint: z
    .url({ protocol: /^https?$/, error: "must be a URL of http or https" })
    .optional()
    .describe(
      "Where OpenTelemetry traces go, by OTLP over HTTP: `http://collector:4318`, or the whole URL with its path. Unset: no traces.",
    ),
  traceShare: share()
    .default(1)
    .describe("Share of the requests that are traced; what a caller's `traceparent` says comes first."),
  logText: share()
    .default(0)
    .describe(
      "Share of the requests whose texts are logged, without e-mail addresses and long numbers. They are personal data all the same: `0` logs none.",
    ),
};
