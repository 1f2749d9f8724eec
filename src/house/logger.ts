import { pino, stdTimeFunctions, type Logger } from "pino";
import type { Config } from "../config/read.js";

export function createLogger({ logLevel }: Pick<Config, "logLevel">): Logger {
  return pino({
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
}
