import { useEffect, useState } from "preact/hooks";
import { ask, Fault } from "../api.js";
import type { Models } from "../types.js";
import { inOrder } from "../pure/request.js";

const POLL_MS = 1500;

export interface LoadedModels {
  readonly models: Models["models"];
  readonly fault: Fault | undefined;
}

/** The models of the server, asked for again until each has been loaded or has failed. */
export function useModels(key: string | undefined): LoadedModels {
  const [loaded, setLoaded] = useState<LoadedModels>({ models: [], fault: undefined });
  useEffect(() => {
    const gone = new AbortController();
    let timer: number | undefined;
    const read = async () => {
      const next = () => (timer = window.setTimeout(() => void read(), POLL_MS));
      try {
        const { models } = await ask<Models>("models", { key, signal: gone.signal });
        setLoaded({ models: inOrder(models), fault: undefined });
        if (models.length === 0 || models.some(({ state }) => state === "loading")) next();
      } catch (fault) {
        if (!(fault instanceof Fault)) return;
        setLoaded({ models: [], fault });
        if (fault.status !== 401 && fault.status !== 403) next();
      }
    };
    void read();
    return () => {
      gone.abort();
      window.clearTimeout(timer);
    };
  }, [key]);
  return loaded;
}
