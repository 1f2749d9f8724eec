import type { z } from "zod";
import type { ErrorCode } from "../../src/errors.js";
import type { ErrorAnswer } from "../../src/http/schemas.js";

/** Why there is no answer: the server's own words, or that it can't be reached. */
export class Fault extends Error {
  constructor(
    readonly code: ErrorCode | "unreachable" | "unreadable",
    message: string,
    readonly status = 0,
    readonly field?: string,
    /** Seconds after which asking again may help. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export interface Ask {
  readonly body?: object;
  readonly key?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Relative to the page: a proxy may serve it below a path of its own. */
export function addressOf(route: string): string {
  return new URL(route, document.baseURI).href;
}

/** @throws Fault; what `signal` was aborted with */
export async function ask<Answer>(route: string, options: Ask = {}): Promise<Answer> {
  const response = await send(route, options);
  return (await response.json()) as Answer;
}

/** As `ask`, for what is no JSON. */
export async function askText(route: string, options: Ask = {}): Promise<string> {
  return (await send(route, options)).text();
}

async function send(route: string, { body, key, signal }: Ask): Promise<Response> {
  const response = await fetch(addressOf(route), {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    headers: {
      ...(body && { "Content-Type": "application/json" }),
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
    },
    signal: signal ?? null,
  }).catch(() => {
    signal?.throwIfAborted();
    throw new Fault("unreachable", "The server can't be reached. Is it running?", 0, undefined, 2);
  });
  if (response.ok) return response;
  throw await faultOf(response);
}

async function faultOf(response: Response): Promise<Fault> {
  const { status, headers } = response;
  const retryAfter = Number(headers.get("Retry-After") ?? NaN);
  const answer = (await response.json().catch(() => undefined)) as z.infer<typeof ErrorAnswer> | undefined;
  if (answer?.error === undefined)
    return new Fault("unreadable", `Something between here and the server said ${status}.`, status);
  const { code, message, field } = answer.error;
  return new Fault(code, message, status, field, Number.isNaN(retryAfter) ? undefined : retryAfter);
}
