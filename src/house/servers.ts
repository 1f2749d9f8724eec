import type { Server } from "node:http";
import type { Config } from "../config/read.js";
import { createHttpServer, drain, listen } from "../http/server.js";
import type { House } from "./build.js";

/** What the process listens on. */
export interface Servers {
  readonly main: Server;
  /** Of `/metrics` and `/admin`, where these have a port of their own. */
  readonly ops: Server | undefined;
  /** Probes and metrics are answered until the last request of the other port has ended. */
  drain(timeoutMs: number): Promise<void>;
}

/** Rejects with the system's error, and nothing listens: `EADDRINUSE` when a port is taken. */
export async function openServers({ app, opsApp, metrics }: House, config: Config): Promise<Servers> {
  const observer = {
    failed: metrics.requests.failed.bind(metrics.requests),
    dropped: metrics.access.connectionDropped.bind(metrics.access),
  };
  const main = await listen(createHttpServer(app, config, observer), config.host, config.port);
  const ops =
    opsApp && config.opsPort !== undefined
      ? await listen(createHttpServer(opsApp, config, observer), config.opsHost ?? config.host, config.opsPort)
      : undefined;
  return {
    main,
    ops,
    drain: async (timeoutMs) => {
      await drain(main, timeoutMs);
      if (ops) await drain(ops, timeoutMs);
    },
  };
}
