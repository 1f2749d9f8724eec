import { ERROR_CODES } from "../../../errors.js";
import type { Answer } from "./answers.js";
import type { Outcome } from "./connection.js";
import type { Exchange } from "./exchange.js";

const CODES: ReadonlySet<string> = new Set(ERROR_CODES);

/** A caller who gives the server no longer is told that its time was over, which is the answer that it asked for. */
const HURRIED_MS = 1_000;

/** What no server may do with an exchange; nothing is wrong when there is none. */
export function faultsOf(exchange: Exchange, { answers, end }: Outcome): string[] {
  const { answers: owed, breaksOff, methods } = exchange;
  const faults = answers.flatMap((answer, i) => (isHurried(exchange, answer) ? [] : answerFault(answer, methods[i])));
  if (end === "hung") faults.push("no answer, and the connection stayed open");
  const last = answers.at(-1);
  if (end === "closed" && breaksOff === undefined && answers.length < owed && !last?.closes) {
    faults.push(`the connection was closed after ${answers.length} of ${owed} answers`);
  }
  return faults;
}

function answerFault({ status, headers, body }: Answer, method: string | undefined): string[] {
  if (!(status >= 200 && status < 500)) return [`status ${status}: ${body.slice(0, 200)}`];
  const json = headers.get("content-type")?.startsWith("application/json") ?? false;
  if (method?.toUpperCase() === "HEAD" || status === 204) return [];
  if (status < 400) return json && parse(body) === undefined ? [`status ${status} with a body that is no JSON`] : [];
  // The Open Inference Protocol has its text and its code side by side.
  const { error, code = error?.code } = (parse(body) ?? {}) as { error?: { code?: unknown }; code?: unknown };
  return typeof code === "string" && CODES.has(code) ? [] : [`status ${status} without a code: ${body.slice(0, 200)}`];
}

/** What stands between two chunks of a body: the end of one, and the size and extensions of the next. */
const CHUNK_FRAME = /\r\n[0-9a-f]+(;[^\r\n]*)?\r\n/gi;

/** Whether an answer says that the time was over which a request of the exchange itself has set, as `timeout_ms`, too short. */
export function isHurried({ chunks }: Exchange, { status, body }: Answer): boolean {
  if (status !== 504) return false;
  const { error } = (parse(body) ?? {}) as { error?: { code?: unknown } };
  const sent = Buffer.concat(chunks).toString("latin1").replaceAll(CHUNK_FRAME, "");
  const limits = [...sent.matchAll(/"timeout_ms"\s*:\s*(\d+)/g)].map(([, ms]) => Number(ms));
  return error?.code === "deadline_exceeded" && limits.some((ms) => ms <= HURRIED_MS);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
