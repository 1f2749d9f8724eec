import type { ErrorAnswer } from "./schema.js";

/** Stable, made for programs; docs/openapi.json lists them. */
export type ErrorCode = ErrorAnswer["error"]["code"];

/** What the server answered instead of an answer. */
export class OnepassError extends Error {
  override readonly name = "OnepassError";

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** `unknown` when something between here and the server answered, in a shape that is not the server's. */
    readonly code: ErrorCode | "unknown",
    message: string,
    /** The request's field at fault, as a path: `texts[3]`. */
    readonly field?: string,
    /** Figures of the fault, by code. */
    readonly details?: unknown,
    /** What the server gives to find the request in its log. */
    readonly requestId?: string,
  ) {
    super(message);
  }
}

/** There was no answer: nothing listens there, or the connection broke, and trying again did not help. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** There was no answer in the client's own `timeoutMs`, all tries together. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** The error that an answer stands for. */
export async function errorOf(response: Response): Promise<OnepassError> {
  const id = response.headers.get("x-request-id") ?? undefined;
  const body: unknown = await response.json().catch(() => undefined);
  const error = (body as Partial<ErrorAnswer> | undefined)?.error;
  if (typeof error?.code === "string" && typeof error.message === "string") {
    return new OnepassError(response.status, error.code, error.message, error.field, error.details, id);
  }
  return new OnepassError(response.status, "unknown", `The server answered ${response.status}.`, undefined, body, id);
}
