import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { answersIn, type Answer } from "./answers.js";
import type { Exchange } from "./exchange.js";

/** What became of an exchange. */
export interface Outcome {
  readonly answers: readonly Answer[];
  /** `answered`: all that was owed; `closed`: by the server, sooner; `hung`: neither in time. */
  readonly end: "answered" | "closed" | "hung" | "left";
}

export interface Patience {
  /** Then the caller says that it has nothing more to send: what it said may have been half a request. */
  readonly quietMs: number;
  readonly hangMs: number;
}

/** How long a caller who breaks off waits before. */
const LEAVE_MS = 3;

/** Writes an exchange to a connection of its own and reads what comes back. Never rejects. */
export async function exchange(
  port: number,
  { chunks, answers: owed, methods, breaksOff }: Exchange,
  patience: Patience,
): Promise<Outcome> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const received: Buffer[] = [];
  const answers = () => answersIn(Buffer.concat(received), methods);
  let hung: NodeJS.Timeout | undefined;
  const ended = new Promise<Outcome["end"]>((resolve) => {
    socket.on("data", (chunk) => {
      received.push(chunk);
      if (owed > 0 && answers().length >= owed) resolve("answered");
    });
    socket.once("end", () => {
      resolve("closed");
    });
    socket.once("close", () => {
      resolve("closed");
    });
    socket.on("error", () => undefined); // a reset: told by "close"
    if (breaksOff === "reset") setTimeout(resolve, LEAVE_MS, "left");
    hung = setTimeout(resolve, patience.hangMs, "hung");
  });
  const quiet = setTimeout(() => {
    socket.end();
  }, patience.quietMs);
  await write(socket, chunks);
  if (breaksOff === "half-closed") socket.end();
  const end = await ended;
  clearTimeout(quiet);
  clearTimeout(hung);
  if (end === "left") socket.resetAndDestroy();
  else socket.destroy();
  return { answers: answers(), end };
}

/** Each chunk in a turn of its own, so that the server may meet it alone. */
async function write(socket: Socket, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    if (!socket.writable) return;
    socket.write(chunk);
    await nextTurn();
  }
}
