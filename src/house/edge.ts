import type { Logger } from "pino";
import { isLoopback } from "../access/exposure.js";
import { KeysFileError, WatchedKeys } from "../access/keys-file.js";
import { ConfigError, type Config } from "../config/read.js";
import type { AccessMetrics } from "../metrics/access.js";

/** The keys of the settings' file, which follow it. @throws ConfigError: no server starts without the keys it was told to ask for */
export function openKeys({ keysFile }: Config, metrics: AccessMetrics, logger: Logger): WatchedKeys | undefined {
  if (keysFile === undefined) return undefined;
  const told = (names: readonly string[]) => {
    metrics.keys(names.length);
    logger.info({ file: keysFile, keys: names }, "the API keys were read");
  };
  try {
    const keys = new WatchedKeys(keysFile, {
      reloaded: (names) => {
        metrics.reloaded("ok");
        told(names);
      },
      failed: (error) => {
        metrics.reloaded("failed");
        logger.error({ err: error }, "the file of API keys can't be used: those read before stay good");
      },
    });
    told(keys.ring.names);
    return keys;
  } catch (error) {
    if (error instanceof KeysFileError) throw new ConfigError([`ONEPASS_KEYS_FILE: ${error.message}`]);
    throw error;
  }
}

/** A server that other machines can reach and that asks for no key is said so, loudly. */
export function warnOfExposure({ host, opsHost, opsPort, keysFile }: Config, logger: Logger): void {
  const reachable = [host, ...(opsPort === undefined ? [] : [opsHost ?? host])].find((one) => !isLoopback(one));
  if (reachable === undefined || keysFile !== undefined) return;
  logger.warn(
    { host: reachable },
    "ANYBODY WHO REACHES THIS ADDRESS CAN USE THE MODELS: no API key is asked for. Set ONEPASS_KEYS_FILE, or listen on 127.0.0.1",
  );
}
