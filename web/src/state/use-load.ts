import { useEffect, useState } from "preact/hooks";
import { askText, Fault } from "../api.js";
import { loadBetween, scrapeOf, type Load, type Scrape } from "../pure/load.js";
import { parseMetrics } from "../pure/prometheus.js";

const POLL_MS = 2000;
/** The metrics are not here, or not for this key. */
const ELSEWHERE: ReadonlySet<number> = new Set([401, 403, 404]);
/** A minute's worth. */
const KEPT = 31;

export interface LiveLoad {
  /** Over the last minute. */
  readonly load: Load;
  /** Requests a second between one poll and the next, oldest first. */
  readonly rates: readonly number[];
}

/**
 * The server's load, from its metrics. undefined until they were read, null where they can't be: they may have a port of
 * their own, or ask for a key of another scope. A hidden page asks for nothing.
 */
export function useLoad(key: string | undefined): LiveLoad | null | undefined {
  const [live, setLive] = useState<LiveLoad | null>();
  useEffect(() => {
    let scrapes: Scrape[] = [];
    let asking = false;
    const poll = async () => {
      if (asking || document.hidden) return;
      asking = true;
      try {
        const newest = scrapeOf(parseMetrics(await askText("metrics", { key })), performance.now());
        scrapes = [...scrapes.slice(-KEPT), newest];
        const rates = scrapes.slice(1).map((scrape, i) => loadBetween(scrapes[i], scrape).perSecond);
        setLive({ load: loadBetween(scrapes.length > 1 ? scrapes[0] : undefined, newest), rates });
      } catch (fault) {
        // One that can't be reached may come back.
        if (!(fault instanceof Fault) || !ELSEWHERE.has(fault.status)) return;
        setLive(null);
        window.clearInterval(timer);
      } finally {
        asking = false;
      }
    };
    const timer = window.setInterval(() => void poll(), POLL_MS);
    void poll();
    return () => {
      window.clearInterval(timer);
    };
  }, [key]);
  return live;
}
