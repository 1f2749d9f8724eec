/** One HTTP answer, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The server will close the connection after it. */
  readonly closes: boolean;
}

const CRLF = "\r\n";
const END_OF_HEAD = "\r\n\r\n";

/**
 * The final answers in what a connection has received so far; `100 Continue` is none. Bytes are letters here, so that a length counts as
 * the header means it. methods: of the requests, in order: a HEAD is answered without its body.
 */
export function answersIn(received: Buffer, methods: readonly string[]): Answer[] {
  const text = received.toString("latin1");
  const answers: Answer[] = [];
  for (let at = 0; at < text.length;) {
    const endOfHead = text.indexOf(END_OF_HEAD, at);
    if (endOfHead < 0) break;
    const [statusLine = "", ...lines] = text.slice(at, endOfHead).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const begin = endOfHead + END_OF_HEAD.length;
    if (status >= 100 && status < 200) {
      at = begin;
      continue;
    }
    const bodyless = methods[answers.length]?.toUpperCase() === "HEAD" || status === 204 || status === 304;
    const end = bodyless ? begin : endOfBody(text, begin, headers);
    if (end === undefined) break;
    const body = bodyless ? "" : bodyOf(text.slice(begin, end), headers);
    answers.push({ status, headers, body, closes: headers.get("connection") === "close" });
    at = end;
  }
  return answers;
}

function endOfBody(text: string, begin: number, headers: ReadonlyMap<string, string>): number | undefined {
  if (isChunked(headers)) {
    let at = begin;
    for (let size = chunkAt(text, at); size !== undefined; size = chunkAt(text, at)) {
      at = text.indexOf(CRLF, at) + CRLF.length + size + CRLF.length;
      if (size === 0) return at > text.length ? undefined : at;
    }
    return undefined;
  }
  const end = begin + Number(headers.get("content-length") ?? 0);
  return end > text.length ? undefined : end;
}

function bodyOf(raw: string, headers: ReadonlyMap<string, string>): string {
  let body = raw;
  if (isChunked(headers)) {
    body = "";
    for (let at = 0, size = chunkAt(raw, at); size !== undefined && size > 0; size = chunkAt(raw, at)) {
      const begin = raw.indexOf(CRLF, at) + CRLF.length;
      body += raw.slice(begin, begin + size);
      at = begin + size + CRLF.length;
    }
  }
  return Buffer.from(body, "latin1").toString("utf8");
}

function isChunked(headers: ReadonlyMap<string, string>): boolean {
  return headers.get("transfer-encoding") === "chunked";
}

/** The size of the chunk that begins at `at`; undefined while its line is not whole. */
function chunkAt(text: string, at: number): number | undefined {
  const end = text.indexOf(CRLF, at);
  return end < 0 ? undefined : Number.parseInt(text.slice(at, end), 16);
}
