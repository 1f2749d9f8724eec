import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ErrorCode } from "../errors.js";
import { answerProtocolErrors, withHost } from "./protocol.js";

/** How long a connection may take and how many there may be: what a caller can hold without a request. */
export interface ConnectionLimits {
  readonly headersTimeoutMs: number;
  /** Of a whole request, its body included. */
  readonly receiveTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxConnections: number;
}

/** What connections are told besides answers. */
export interface ConnectionObserver {
  /** A request was refused before the app saw it. */
  readonly failed: (code: ErrorCode) => void;
  /** A connection was one too many. */
  readonly dropped: () => void;
}

const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 16_384;
const TIMEOUT_CHECK_MS = 1_000;

/** A server that no slow or malformed request can hold, and that answers the latter in the one error shape. */
export function createHttpServer(
  app: RequestListener,
  limits: ConnectionLimits,
  { failed, dropped }: ConnectionObserver,
): Server {
  const server = createServer(
    {
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.receiveTimeoutMs),
      requestTimeout: limits.receiveTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      requireHostHeader: false, // `withHost` asks for it
    },
    withHost(app, failed),
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = limits.maxConnections;
  server.on("drop", dropped);
  answerProtocolErrors(server, failed);
  return server;
}

/** Resolves once connections are taken. Rejects with the system's error: `EADDRINUSE` when the port is taken. */
export function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

/** The address to open in a browser on this machine. */
export function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const everywhere = address === "0.0.0.0" || address === "::";
  const host = everywhere ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

const IDLE_CHECK_MS = 50;

/** Takes no new connection, lets running requests finish, and cuts those that still run after `timeoutMs`. */
export async function drain(server: Server, timeoutMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A kept-alive connection becomes idle when its request has ended, and would then stay open.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, timeoutMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
