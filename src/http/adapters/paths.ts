import type { AdapterName } from "../../config/adapters.js";

export const ADAPTER_PATHS: Readonly<Record<AdapterName, string>> = {
  rasa: "/model/parse",
  tei: "/predict",
  systemone: "/v1/systemone",
};

/** The adapter that would answer a path, were it switched on. */
export function adapterAt(path: string): string | undefined {
  return Object.entries(ADAPTER_PATHS).find(([, its]) => its === path)?.[0];
}
