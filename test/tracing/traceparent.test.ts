import { expect, test } from "vitest";
import { formatTraceparent, parseTraceparent } from "../../src/tracing/traceparent.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test.each([
  ["kept", `00-${TRACE}-${SPAN}-01`, true],
  ["not kept", `00-${TRACE}-${SPAN}-00`, false],
  ["with flags of the future", `00-${TRACE}-${SPAN}-03`, true],
  ["of a later version that says more", `01-${TRACE}-${SPAN}-01-what-ever`, true],
])("a caller's trace is read: %s", (_name, header, sampled) => {
  expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
});

test.each([
  undefined,
  "",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}-01\n`,
  "0".repeat(100_000),
])("what is no trace is ignored: %s", (header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test.each([true, false])("what is written is read again, kept or not: %s", (sampled) => {
  const parent = { traceId: TRACE, spanId: SPAN, sampled };
  expect(parseTraceparent(formatTraceparent(parent))).toEqual(parent);
});
