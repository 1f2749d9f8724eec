import { choose, type Random } from "../../../statistics/random.js";

/** Lines of a header, as they are written. */
const LINES: readonly string[] = [
  ...[
    "application/json",
    "text/plain",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "multipart/form-data",
    "x",
    "",
  ].map((type) => `Content-Type: ${type}`),
  ...["*/*", "text/html", "application/xml;q=0.9", "nonsense", ""].map((accept) => `Accept: ${accept}`),
  ...["100-continue", "x", "200-ok, 100-continue", ""].map((expect) => `Expect: ${expect}`),
  ...["a b", "é", "x".repeat(129), "trace-1", "\"';", "../../.."].map((id) => `X-Request-Id: ${id}`),
  ...["Bearer x", "Basic eDp5", "Bearer", "Bearer \t", `Bearer ${"x".repeat(5_000)}`].map(
    (key) => `Authorization: ${key}`,
  ),
  ...["x", "op_x", ""].map((key) => `X-Api-Key: ${key}`),
  ...["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-0-0-00", "nonsense", "ff-"].map(
    (parent) => `traceparent: ${parent}`,
  ),
  ...["close", "keep-alive", "upgrade", "Content-Length", "x, y"].map((connection) => `Connection: ${connection}`),
  ...["gzip", "identity, chunked", "chunked, chunked", "x"].map((coding) => `Transfer-Encoding: ${coding}`),
  ...["0", "-1", "+5", "0x10", "1e3", "99999999999999999999", "5, 5", "5 5"].map(
    (length) => `Content-Length: ${length}`,
  ),
  "Upgrade: websocket",
  "Origin: https://evil.example",
  "Origin: null",
  "Access-Control-Request-Method: POST",
  "X-Forwarded-For: 1.2.3.4, 5.6.7.8",
  "Host: other",
  "X-HTTP-Method-Override: DELETE",
  "Range: bytes=0-1",
  "If-None-Match: *",
  "Cookie: a=b; c",
  "Inference-Header-Content-Length: 99999999",
  "Inference-Header-Content-Length: -1",
  " folded: line",
  "\tfolded",
  ": no name",
  "no colon",
  "bad name: x",
  "x: a\u0000b",
  "x: \u007f",
  `x: ${"y".repeat(17_000)}`,
  `${"x".repeat(17_000)}: y`,
];
const MANY = 300;

export function anyHeaders(random: Random): string[] {
  if (random() < 0.05) return Array.from({ length: MANY }, (_, i) => `x-${i}: ${i}`);
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => choose(LINES, random));
}
