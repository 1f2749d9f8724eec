import { choose, type Random } from "../../../statistics/random.js";
import { anyBody, type Body } from "./bodies.js";
import type { Exchange } from "./exchange.js";
import { anyHeaders } from "./headers.js";

const CRLF = "\r\n";
const HOST = "Host: fuzz";
const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "PROPFIND",
  "M-SEARCH",
  "CONNECT",
  "get",
  "FOO",
  "",
];
const PATHS = [
  ...[
    "/classify",
    "/compare",
    "/models",
    "/livez",
    "/readyz",
    "/metrics",
    "/version",
    "/openapi.json",
    "/",
    "/nowhere",
    "/compare/summary",
  ],
  ...[
    "/v2",
    "/v2/health/live",
    "/v2/health/ready",
    "/v2/models/onepass-en",
    "/v2/models/onepass-en/infer",
    "/admin/models/x/load",
  ],
  ...[
    "/classify/",
    "//classify",
    "/CLASSIFY",
    "/classify?text=nine",
    "/classify#x",
    "/%63lassify",
    "/classify%00",
    "/%",
    "/%ff",
    "/%2e%2e/etc/passwd",
  ],
  ...[
    "/../../etc/passwd",
    "/assets/../../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "http://evil.example/classify",
    "*",
    "classify",
    `/${"a".repeat(8_000)}`,
  ],
  ...[
    "/models/__proto__",
    "/models/onepass-en",
    "/constructor",
    "/\u0001",
    "/é",
    "/<script>",
    "/{}",
    "/;",
    "/v2/models/%00/infer",
  ],
];
/** Mostly the quickest: `/compare` asks every engine, those that write among them, which take seconds for a long text. */
const POSTS = [
  ...Array<string>(37).fill("/classify"),
  ...["/compare", "/v2/models/onepass-en/infer", "/v2/models/single-pass/infer"],
];

/** One connection's worth of trouble. */
export function anyExchange(random: Random): Exchange {
  const kind = random();
  if (kind < 0.5) return single("body", post(anyBody(random), random), "POST");
  if (kind < 0.65) return paths(random);
  if (kind < 0.75) return single("headers", post(anyBody(random), random, anyHeaders(random)), "POST");
  if (kind < 0.85) return chunked(random);
  if (kind < 0.92) return pipelined(random);
  return broken(random);
}

function single(family: string, bytes: Buffer, method: string): Exchange {
  return { family, chunks: [bytes], answers: 1, methods: [method] };
}

function post(body: Body, random: Random, headers: readonly string[] = []): Buffer {
  const lines = [
    `POST ${choose(POSTS, random)} HTTP/1.1`,
    HOST,
    `Content-Length: ${body.bytes.length}`,
    ...body.headers,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join(CRLF)}${CRLF}${CRLF}`, "latin1"), body.bytes]);
}

function paths(random: Random): Exchange {
  const method = choose(METHODS, random);
  const version = choose(
    ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1 ", ""],
    random,
  );
  const host = random() < 0.9 ? [HOST] : [];
  const lines = [
    `${method} ${choose(PATHS, random)} ${version}`,
    ...host,
    ...(random() < 0.2 ? anyHeaders(random) : []),
  ];
  return single("paths", Buffer.from(`${lines.join(CRLF)}${CRLF}${CRLF}`, "latin1"), method);
}

/** Sizes of chunks: right, and as nobody should write them. */
function chunked(random: Random): Exchange {
  const { bytes, headers } = anyBody(random);
  const lines = [`POST ${choose(POSTS, random)} HTTP/1.1`, HOST, "Transfer-Encoding: chunked", ...headers];
  const parts: Buffer[] = [Buffer.from(`${lines.join(CRLF)}${CRLF}${CRLF}`, "latin1")];
  const many = choose([1, 2, 3, 20], random);
  const step = Math.max(1, Math.ceil(bytes.length / many));
  for (let at = 0; at < bytes.length; at += step) {
    const piece = bytes.subarray(at, at + step);
    const extension = random() < 0.1 ? `;${"x".repeat(choose([1, 100, 20_000], random))}` : "";
    parts.push(Buffer.from(piece.length.toString(16) + extension + CRLF), piece, Buffer.from(CRLF));
  }
  const spoils = ["-1", "g", "0x10", "ffffffffffffffff", "7fffffff", " 5", ""];
  const spoilt = random() < 0.2;
  if (spoilt) parts.push(Buffer.from(`${choose(spoils, random)}${CRLF}`));
  parts.push(Buffer.from(`0${CRLF}${random() < 0.1 ? `x-trailer: ${"y".repeat(100)}${CRLF}` : ""}${CRLF}`));
  // A chunk that claims to be huge is waited for, so the caller says that no more will come.
  return {
    family: "chunked",
    chunks: parts,
    answers: 1,
    methods: ["POST"],
    ...(spoilt && { breaksOff: "half-closed" }),
  };
}

function pipelined(random: Random): Exchange {
  const requests = Array.from({ length: 2 + Math.floor(random() * 7) }, () => {
    const line =
      random() < 0.5
        ? undefined
        : choose(["GET /livez", "HEAD /models", "GET /nowhere", "OPTIONS /classify", "GET /version"], random);
    return line === undefined
      ? { method: "POST", bytes: post(anyBody(random), random) }
      : { method: line.split(" ")[0]!, bytes: Buffer.from(`${line} HTTP/1.1${CRLF}${HOST}${CRLF}${CRLF}`) };
  });
  const all = Buffer.concat(requests.map(({ bytes }) => bytes));
  const cut = Math.floor(random() * all.length);
  return {
    family: "pipelined",
    chunks: random() < 0.5 ? [all] : [all.subarray(0, cut), all.subarray(cut)],
    answers: requests.length,
    methods: requests.map(({ method }) => method),
  };
}

const GARBAGE: readonly Buffer[] = [
  Buffer.from("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "latin1"), // TLS
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"),
  Buffer.from("\r\n\r\n\r\n\r\n"),
  Buffer.from("GET /livez\r\n\r\n"),
  Buffer.from("GET\t/livez\tHTTP/1.1\r\n\r\n"),
  Buffer.from("GET /livez HTTP/1.1\nHost: fuzz\n\n"),
  Buffer.alloc(300, 0),
  Buffer.alloc(300, 0xff),
];

/** A caller who leaves, lies about lengths or speaks another protocol. */
function broken(random: Random): Exchange {
  const whole = post(anyBody(random), random);
  const cut = whole.subarray(0, Math.floor(random() * whole.length));
  const kind = random();
  if (kind < 0.35) return { family: "reset", chunks: [cut], answers: 0, methods: [], breaksOff: "reset" };
  if (kind < 0.7)
    return { family: "half-closed", chunks: [cut], answers: 0, methods: ["POST"], breaksOff: "half-closed" };
  return {
    family: "garbage",
    chunks: [choose(GARBAGE, random)],
    answers: 0,
    methods: ["GET"],
    breaksOff: "half-closed",
  };
}
