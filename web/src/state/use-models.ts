import { useEffect, useState } from "preact/hooks";
import { ask, Fault } from "../api.js";
import type { Models } from "../types.js";
import { inOrder } from "../pure/request.js";

const LOADING_MS = 1_500;
/** An operator may load other models while the page is open. */
const LOADED_MS = 15_000;

export interface LoadedModels {
  readonly models: Models["models"];
  readonly fault: Fault | undefined;
}

/** The models of the server, as they are now. */
export function useModels(key: string | undefined): LoadedModels {
  const [loaded, setLoaded] = useState<LoadedModels>({ models: [], fault: undefined });
  useEffect(() => {
    const gone = new AbortController();
    let timer: number | undefined;
    const read = async () => {
      const again = (ms: number) => (timer = window.setTimeout(() => void read(), ms));
      try {
        const { models } = await ask<Models>("models", { key, signal: gone.signal });
        setLoaded({ models: inOrder(models), fault: undefined });
        const loading = models.length === 0 || models.some(({ state }) => state === "loading");
        again(loading ? LOADING_MS : LOADED_MS);
      } catch (fault) {
        if (!(fault instanceof Fault)) return;
        setLoaded({ models: [], fault });
        if (fault.status !== 401 && fault.status !== 403) again(LOADING_MS);
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
