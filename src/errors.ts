/**
 * Every error that a caller can meet: a stable code, an HTTP status and advice.
 * Thrown where the fact is known; turned into an answer once, at the edge (`http/middleware/errors.ts`).
 */
export const ERROR_CODES = [
  "invalid_json",
  "invalid_request",
  "unknown_field",
  "unsupported_media_type",
  "body_too_large",
  "empty_text",
  "invalid_text",
  "too_many_texts",
  "text_too_long",
  "unknown_task",
  "unknown_engine",
  "unknown_model",
  "engine_not_in_model",
  "task_not_in_model",
  "unauthorized",
  "forbidden",
  "rate_limited",
  "not_found",
  "method_not_allowed",
  "headers_too_large",
  "expectation_failed",
  "request_timeout",
  "not_ready",
  "overloaded",
  "breaker_open",
  "no_fallback",
  "deadline_exceeded",
  "client_closed_request",
  "engine_failed",
  "invalid_bundle",
  "model_refused",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** The request's field at fault, as a path: `texts[3]`. */
  readonly field?: string;
  readonly details?: unknown;
  readonly cause?: unknown;
  /** When to come back, for the header `Retry-After`. */
  readonly retryAfterMs?: number;
}

export class OnepassError extends Error {
  readonly field: string | undefined;
  readonly details: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly status: number,
    message: string,
    { field, details, cause, retryAfterMs }: ErrorDetails = {},
  ) {
    super(message, { cause });
    this.name = new.target.name;
    this.field = field;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Something that whoever runs a command can set right, or has to know: told in a line, without a stack. */
export class CommandError extends Error {
  /** Of the process: 1 where what was asked for failed, 2 where what was given is at fault. */
  readonly exitCode: number = 2;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A text that no prompt of the model can hold. */
export class TextTooLongError extends OnepassError {
  constructor(tokens: number, limit: number, advice: string, field: string) {
    super("text_too_long", 413, `The text has ${tokens} tokens, the model reads ${limit}. ${advice}`, {
      field,
      details: { tokens, limit },
    });
  }
}

/** The engine could not answer; another engine may. */
export class EngineError extends OnepassError {
  constructor(engine: string, cause: unknown) {
    super("engine_failed", 500, `The engine ${engine} failed. Retry, or send "fallback": "auto".`, { cause });
  }
}

/**
 * The engine has no place for the request now, or none soon enough; it has not been asked, and another engine may be.
 * reason: the bound that was met, of requests or tokens that wait, or the request's own deadline.
 */
export class OverloadedError extends OnepassError {
  constructor(
    readonly reason: "requests" | "tokens" | "deadline",
    retryAfterMs: number,
  ) {
    const [code, status, message] =
      reason === "deadline"
        ? (["deadline_exceeded", 504, "The answer would not be there in time: too much waits before it."] as const)
        : (["overloaded", 429, "Too many requests wait for an answer."] as const);
    const ms = Math.ceil(retryAfterMs);
    super(code, status, `${message} Retry in ${ms} ms or later.`, {
      details: { reason, retry_after_ms: ms },
      retryAfterMs: ms,
    });
  }
}

/** A bundle that must not be served. Not a caller's fault: seen at start. */
export class BundleError extends OnepassError {
  constructor(bundle: string, fault: string, cause?: unknown) {
    super("invalid_bundle", 500, `Bundle ${bundle}: ${fault}`, { cause });
  }
}
