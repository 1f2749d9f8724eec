import type { Logger } from "pino";
import type { Config } from "../config/read.js";
import { PASSED_ON, type Tracing } from "./trace.js";

/** Without a collector OpenTelemetry isn't even loaded: it would cost time at the start, and memory. */
export async function openTracing(
  { otlpEndpoint, traceShare }: Pick<Config, "otlpEndpoint" | "traceShare">,
  logger: Logger,
): Promise<Tracing> {
  if (otlpEndpoint === undefined) return PASSED_ON;
  const { openOtlp } = await import("./otlp.js");
  return openOtlp({ endpoint: otlpEndpoint, share: traceShare }, logger);
}
