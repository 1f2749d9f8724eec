import type { Express } from "express";
import { expect } from "vitest";

/** Asks over a real connection, leaves once the engine is at work (it gives its signal), and waits until that has heard of it. */
export async function leave(app: Express, path: string, begun: Promise<AbortSignal>): Promise<void> {
  const server = app.listen(0);
  const { port } = server.address() as { port: number };
  const caller = new AbortController();
  const url = `http://127.0.0.1:${port}${path}`;
  const asked = fetch(url, { method: "POST", body: '{"text":"a"}', signal: caller.signal });
  const signal = await begun;
  caller.abort();
  await expect(asked).rejects.toThrow();
  if (!signal.aborted)
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
    });
  server.closeAllConnections(); // fetch keeps one open for later
  await new Promise((resolve) => server.close(resolve));
}
