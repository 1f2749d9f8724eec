import { STATUS_CODES, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { OnepassError, type ErrorCode } from "../errors.js";

/** The one shape of every error. */
export function errorBody({ code, message, field, details }: OnepassError) {
  return { error: { code, message, ...(field !== undefined && { field }), ...(details !== undefined && { details }) } };
}

/**
 * Answers, in the one error shape, what Node refuses before the app sees it. failed: told of each.
 */
export function answerProtocolErrors(server: Server, failed: (code: ErrorCode) => void): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // An answer that has begun must not go on with another; this is Node's own condition. Whole, it may still be on its way.
    const { _httpMessage: answer } = socket as { _httpMessage?: { _headerSent: boolean; writableEnded: boolean } };
    if (error.code === "ECONNRESET" || !socket.writable || answer?._headerSent) {
      if (answer?.writableEnded && socket.writable) socket.end(() => socket.destroy());
      else socket.destroy();
      return;
    }
    const told = toOnepassError(error);
    failed(told.code);
    endWith(socket, told);
  });
  server.on("checkExpectation", (_req, res) => {
    answer(res, new OnepassError("expectation_failed", 417, "Only `Expect: 100-continue` can be met."), failed);
  });
  server.on("connect", (_req, socket) => {
    const error = new OnepassError("method_not_allowed", 405, "This is no proxy: CONNECT leads nowhere.");
    failed(error.code);
    endWith(socket, error);
  });
}

/** Refuses what lacks a Host, as HTTP/1.1 demands: Node would, but without a code. */
export function withHost(app: RequestListener, failed: (code: ErrorCode) => void): RequestListener {
  return (req, res) => {
    if (req.headers.host !== undefined || req.httpVersion !== "1.1") {
      app(req, res);
      return;
    }
    answer(res, new OnepassError("invalid_request", 400, "The request has no Host header."), failed);
  };
}

function answer(res: ServerResponse, error: OnepassError, failed: (code: ErrorCode) => void): void {
  failed(error.code);
  const body = Buffer.from(JSON.stringify(errorBody(error)));
  const headers = { "Content-Type": "application/json", "Content-Length": body.length, Connection: "close" };
  res.writeHead(error.status, headers).end(body);
}

function toOnepassError({ code }: NodeJS.ErrnoException): OnepassError {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new OnepassError("headers_too_large", 431, "The request's headers are too large.");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new OnepassError("body_too_large", 413, "The body's chunk extensions are too large.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new OnepassError("request_timeout", 408, "The request did not arrive in time.");
    default:
      return new OnepassError("invalid_request", 400, "This is not HTTP/1.1.");
  }
}

function endWith(socket: Duplex, error: OnepassError): void {
  const body = JSON.stringify(errorBody(error));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
