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
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** The request's field at fault, as a path: `texts[3]`. */
  readonly field?: string;
  readonly details?: unknown;
  readonly cause?: unknown;
}

export class OnepassError extends Error {
  readonly field: string | undefined;
  readonly details: unknown;

  constructor(
    readonly code: ErrorCode,
    readonly status: number,
    message: string,
    { field, details, cause }: ErrorDetails = {},
  ) {
    super(message, { cause });
    this.name = new.target.name;
    this.field = field;
    this.details = details;
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

/** A bundle that must not be served. Not a caller's fault: seen at start. */
export class BundleError extends OnepassError {
  constructor(bundle: string, fault: string, cause?: unknown) {
    super("invalid_bundle", 500, `Bundle ${bundle}: ${fault}`, { cause });
  }
}
