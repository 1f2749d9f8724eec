import { pino, stdTimeFunctions, type Logger } from "pino";
import type { Config } from "../config/read.js";

/** Lines that can't be written are kept for when they can, and dropped above this many bytes. */
const MOST_UNWRITTEN_BYTES = 2 ** 20;
const STDOUT = 1;

/** fd: where the lines go. A full disk there is no reason to stop: requests are answered, the lines come late or never. */
export function createLogger({ logLevel }: Pick<Config, "logLevel">, fd = STDOUT): Logger {
  const destination = pino.destination({ dest: fd, sync: false, maxLength: MOST_UNWRITTEN_BYTES });
  destination.on("error", () => undefined); // the next line tries again
  const options = {
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  return pino(options, destination);
}
