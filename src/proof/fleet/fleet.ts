import { CommandError } from "../../errors.js";
import { freePort, startServer, untilLoaded, type OwnServer } from "../loadtest/server.js";
import { FLEET_SIZE } from "./haproxy.js";

/** As many onepass servers as the proxy's configuration names, each on a port that it keeps. */
export class Fleet implements AsyncDisposable {
  readonly #servers: OwnServer[] = [];

  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly stop: AbortSignal,
  ) {}

  /** env: of every server. Resolves when all of them answer. */
  static async start(env: NodeJS.ProcessEnv, stop: AbortSignal): Promise<Fleet> {
    const fleet = new Fleet(env, stop);
    try {
      for (let i = 0; i < FLEET_SIZE; i++) await fleet.start(i, await freePort(0));
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  get urls(): string[] {
    return this.#servers.map(({ url }) => url);
  }

  get pids(): number[] {
    return this.#servers.map(({ pid }) => pid);
  }

  /** Starts a server anew on its port. Resolves when it answers. */
  async start(i: number, port = Number(new URL(this.#server(i).url).port)): Promise<void> {
    const server = await startServer(this.env, port, this.stop);
    this.#servers[i] = server;
    await untilLoaded(server, AbortSignal.any([this.stop, server.gone]));
  }

  /** By SIGTERM: it finishes what runs. Resolves when it has ended. */
  async end(i: number): Promise<void> {
    await this.#server(i)[Symbol.asyncDispose]();
  }

  /** In the middle of whatever it does. Resolves when it has ended. */
  async kill(i: number): Promise<void> {
    const { pid, gone } = this.#server(i);
    const ended = new Promise((resolve) => {
      gone.addEventListener("abort", resolve, { once: true });
    });
    process.kill(pid, "SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
  }

  #server(i: number): OwnServer {
    const server = this.#servers[i];
    if (!server) throw new CommandError(`there is no server ${i}`);
    return server;
  }
}
