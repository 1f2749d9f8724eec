import { z } from "zod";
import { LoadTestError } from "./errors.js";
import type { ServedEngine } from "./targets.js";

/** What of `GET /models` matters. */
const Models = z.object({
  models: z.array(z.object({ name: z.string(), model: z.string(), engine: z.string(), state: z.string() })),
});

/** @throws LoadTestError when the server does not say what it has */
export async function servedEngines(url: string, signal: AbortSignal): Promise<ServedEngine[]> {
  const answer = await fetch(`${url}/models`, { signal });
  const { data, error } = Models.safeParse(await answer.json().catch(() => undefined));
  if (!data) throw new LoadTestError(`GET ${url}/models does not list models`, { cause: error });
  return data.models;
}

/** `name version, Node version` of a server; undefined when it does not say. */
export async function versionOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  const answer = await fetch(`${url}/version`, { signal });
  const Version = z.object({ name: z.string(), version: z.string(), node: z.string() });
  const { data } = Version.safeParse(await answer.json().catch(() => undefined));
  return data && `${data.name} ${data.version}, Node ${data.node}`;
}
