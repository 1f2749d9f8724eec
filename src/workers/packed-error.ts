import * as errors from "../errors.js";
import { OnepassError, type ErrorCode } from "../errors.js";

/** An error as plain data: a clone of an `Error` loses its class and all that the class adds. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: PackedError | undefined;
  /** Present for errors that callers can meet. */
  readonly known?: {
    readonly code: ErrorCode;
    readonly status: number;
    readonly field: string | undefined;
    readonly details: unknown;
  };
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack,
    ...(cause !== undefined && { cause: packError(cause) }),
    ...(error instanceof OnepassError && {
      known: { code: error.code, status: error.status, field: error.field, details: error.details },
    }),
  };
}

/** The same error in this process: an instance of its class where that is one of `errors.ts`. */
export function unpackError({ name, message, stack, cause, known }: PackedError): Error {
  const options = cause && { cause: unpackError(cause) };
  const error = known ? knownError(name, message, known, options) : new Error(message, options);
  if (error.name !== name) Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function knownError(
  name: string,
  message: string,
  { code, status, field, details }: NonNullable<PackedError["known"]>,
  options: { cause: Error } | undefined,
): Error {
  const error = new OnepassError(code, status, message, { ...(field !== undefined && { field }), details, ...options });
  return Object.setPrototypeOf(error, prototypeOf(name)) as Error;
}

function prototypeOf(name: string): OnepassError {
  const found: unknown = (errors as Readonly<Record<string, unknown>>)[name];
  const prototype: unknown = typeof found === "function" ? found.prototype : undefined;
  return prototype instanceof OnepassError ? prototype : OnepassError.prototype;
}
