import { randomBytes } from "node:crypto";
import type { EngineName } from "../engines/engine.js";
import type { ErrorCode } from "../errors.js";
import { formatTraceparent, parseTraceparent } from "./traceparent.js";

/** What an engine's answer took. Nothing here is the caller's text. */
export interface TracedAnswer {
  /** `name@version` */
  readonly model: string;
  readonly engine: EngineName;
  /** Why another model than the one that was asked for has answered; `none`: it has not. */
  readonly fallback: string;
  readonly texts: number;
  readonly promptTokens: number;
  readonly tokenizeMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
  readonly decodeMs: number;
}

/** How a request ended. */
export interface TracedEnd {
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern. */
  readonly route: string;
  readonly status: number;
  readonly code: ErrorCode | undefined;
}

/** A request's place in a trace. */
export interface Trace {
  readonly traceId: string;
  /** The header for the answer: the caller's trace and our span. */
  readonly traceparent: string;
  /** An engine has answered just now; a request may have several answers. */
  answered(answer: TracedAnswer): void;
  end(end: TracedEnd): void;
}

/** Gives requests their traces; disposed of when the last one has been sent. */
export interface Tracing extends AsyncDisposable {
  /** header: the request's `traceparent`. Undefined: neither the caller nor we trace it. */
  begin(header: string | undefined): Trace | undefined;
}

const nothing = () => undefined;

/** Tells callers' traces on and keeps none: what a server does that has nowhere to send spans. */
export const PASSED_ON: Tracing = {
  begin(header) {
    const parent = parseTraceparent(header);
    if (!parent) return undefined;
    const traceparent = formatTraceparent({ ...parent, spanId: randomBytes(8).toString("hex") });
    return { traceId: parent.traceId, traceparent, answered: nothing, end: nothing };
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
