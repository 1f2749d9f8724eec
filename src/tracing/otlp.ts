import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../package.js";
import type { Trace, TracedAnswer, TracedEnd, Tracing } from "./trace.js";
import { formatTraceparent, parseTraceparent } from "./traceparent.js";

export interface OtlpOptions {
  /** The collector's URL; without a path its `/v1/traces`. */
  readonly endpoint: string;
  /** Of the requests whose caller does not say, 0 to 1. */
  readonly share: number;
}

/** A request makes five spans. What a slow collector can't take is dropped, never waited for. */
const BATCHES = { maxQueueSize: 8192, maxExportBatchSize: 1024, scheduledDelayMillis: 1000 };
const EXPORT_TIMEOUT_MS = 5000;
const COMPLAINT_EVERY_MS = 60_000;

/** Sends spans to a collector. This file alone imports OpenTelemetry, and is itself imported only when there is one. */
export function openOtlp({ endpoint, share }: OtlpOptions, logger: Logger): Tracing {
  const complain = complainSeldom(logger);
  const exporter = new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": PACKAGE_NAME, "service.version": PACKAGE_VERSION }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...BATCHES })],
  });
  const tracer = provider.getTracer(PACKAGE_NAME, PACKAGE_VERSION);
  return {
    begin: (header) => new OtlpTrace(tracer, contextOf(header)),
    /** Sends what waits; that it can't be sent is no reason not to stop. */
    [Symbol.asyncDispose]: () => provider.shutdown().catch(complain),
  };
}

/** `http://collector:4318` -> `http://collector:4318/v1/traces` */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === "/") url.pathname = "/v1/traces";
  return url.href;
}

/** A request is one span, made at its start; its phases are made afterwards, of the times that were taken anyway. */
class OtlpTrace implements Trace {
  readonly traceId: string;
  readonly traceparent: string;
  readonly #span: Span;
  readonly #context: Context;

  constructor(
    private readonly tracer: Tracer,
    parent: Context,
  ) {
    this.#span = tracer.startSpan("request", { kind: SpanKind.SERVER }, parent);
    this.#context = trace.setSpan(parent, this.#span);
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    this.traceId = traceId;
    this.traceparent = formatTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
  }

  answered({ model, engine, fallback, texts, promptTokens, ...took }: TracedAnswer): void {
    if (!this.#span.isRecording()) return;
    const attributes = { "onepass.model": model, "onepass.engine": engine };
    this.#span.setAttributes({
      ...attributes,
      "onepass.fallback": fallback,
      "onepass.texts": texts,
      "onepass.prompt_tokens": promptTokens,
    });
    let start =
      performance.timeOrigin + performance.now() - (took.tokenizeMs + took.queueMs + took.inferenceMs + took.decodeMs);
    for (const phase of ["tokenize", "queue", "inference", "decode"] as const) {
      const end = start + took[`${phase}Ms`];
      this.tracer.startSpan(phase, { startTime: start, attributes }, this.#context).end(end);
      start = end;
    }
  }

  end({ requestId, method, route, status, code }: TracedEnd): void {
    this.#span.updateName(`${method} ${route}`);
    this.#span.setAttributes({
      "http.request.method": method,
      "http.route": route,
      "http.response.status_code": status,
      "onepass.request_id": requestId,
      ...(code && { "error.type": code }),
    });
    if (status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }
}

function contextOf(header: string | undefined): Context {
  const parent = parseTraceparent(header);
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** A collector that is away would fill the log: one line a minute says as much. */
function complainSeldom(logger: Logger): (detail: unknown) => void {
  let quietUntil = 0;
  const complain = (detail: unknown) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + COMPLAINT_EVERY_MS;
    logger.warn({ detail: String(detail) }, "traces could not be sent");
  };
  const silent = () => undefined;
  const diagLogger = { error: complain, warn: complain, info: silent, debug: silent, verbose: silent };
  diag.setLogger(diagLogger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return complain;
}
