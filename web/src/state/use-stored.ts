import { useState } from "preact/hooks";

/** A word that outlives the page, as long as `storage` does; where there is none it lives as long as the page. */
export function useStored(storage: "localStorage" | "sessionStorage", name: string) {
  const [value, setValue] = useState(() => {
    try {
      return window[storage].getItem(name) ?? undefined;
    } catch {
      return undefined; // a browser may forbid it
    }
  });
  const store = (next: string | undefined): void => {
    setValue(next);
    try {
      if (next === undefined) window[storage].removeItem(name);
      else window[storage].setItem(name, next);
    } catch {
      // kept in the page alone
    }
  };
  return [value, store] as const;
}
