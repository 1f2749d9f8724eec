/** Where a request stands in a trace: the header `traceparent` of W3C Trace Context (https://www.w3.org/TR/trace-context/). */
export interface TraceParent {
  /** 32 hexadecimal digits, not all of them 0. */
  readonly traceId: string;
  /** Of the caller's span: 16 hexadecimal digits, not all of them 0. */
  readonly spanId: string;
  /** Whether the caller keeps the trace. */
  readonly sampled: boolean;
}

/** Later versions may say more after a hyphen; what they say first means the same. */
const HEADER = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** Undefined without a header, and for one that the standard says to ignore. */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  const [, version, traceId, spanId, flags, more] = HEADER.exec(header ?? "") ?? [];
  if (!traceId || !spanId || !flags || (version === "00" && more !== undefined)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}
