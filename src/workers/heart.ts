import { startThread } from "../thread.js";

/** The pipe of the heartbeat, beside stdin, stdout, stderr and the channel of messages. */
export const HEARTBEAT_FD = 4;
const EVERY_MS = 500;

/** Lets this worker say that it lives, from a thread of its own. */
export function startHeartbeat(): void {
  startThread("heartbeat", import.meta.url, { fd: HEARTBEAT_FD, everyMs: EVERY_MS }).unref();
}
