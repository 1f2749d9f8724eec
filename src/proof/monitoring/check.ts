import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeKey } from "../../access/keys.js";
import { startServer, untilLoaded } from "../loadtest/server.js";
import { filledIn, readPanels, type Panel } from "./files.js";
import { loadServer } from "./load.js";
import { JOB, startPrometheus, type Prometheus, type Range, type Series } from "./prometheus.js";

/** What a panel shows: a line a series, named as Grafana names it. */
export interface DrawnPanel {
  readonly panel: Panel;
  readonly lines: readonly { readonly name: string; readonly points: Series["points"] }[];
}

export interface CheckResult {
  readonly panels: readonly DrawnPanel[];
  readonly range: Range;
  readonly queries: number;
  readonly rules: number;
  /** How many requests of the load ended with each status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Queries and rules that Prometheus refuses, and queries that have nothing to show. */
  readonly faults: readonly string[];
}

const STEPS = 60;
const RATE_INTERVAL = "15s";
/** A few scrapes and evaluations. */
const SETTLE_MS = 6_000;

/** Everything that the dashboard shows is on: keys, workers, a cache, a shadow; the breakers and the fallback are by default. */
const SETTINGS = {
  ONEPASS_CACHE_BYTES: "10000000",
  ONEPASS_SHADOW_MODEL: "dual-encoder",
  ONEPASS_SHADOW_SHARE: "0.3",
  ONEPASS_QUEUE_REQUESTS: "16",
};

/** Runs every query of the dashboard, and every rule, against a real Prometheus that has scraped a real server under load. */
export async function checkDashboard(
  env: NodeJS.ProcessEnv,
  seconds: number,
  signal: AbortSignal,
): Promise<CheckResult> {
  const folder = await mkdtemp(join(tmpdir(), "onepass-dashboard-"));
  try {
    const [caller, scraper] = [makeKey("caller", ["classify"]), makeKey("scraper", ["metrics"])];
    const keysFile = join(folder, "keys.json");
    await writeFile(keysFile, JSON.stringify({ keys: [caller.entry, scraper.entry] }));
    await using server = await startServer({ ...SETTINGS, ...env, ONEPASS_KEYS_FILE: keysFile }, 0, signal);
    await using prometheus = await startPrometheus(new URL(server.url).host, scraper.secret);
    await untilLoaded(server, signal);
    await sleep(SETTLE_MS);
    const start = Date.now() / 1000;
    const statuses = await loadServer(server, caller.secret, seconds);
    await sleep(SETTLE_MS);
    const end = Date.now() / 1000;
    const range = { start, end, step: (end - start) / STEPS };
    return { ...(await queryAll(prometheus, range)), range, statuses: Object.fromEntries(statuses) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function queryAll(prometheus: Prometheus, range: Range): Promise<Omit<CheckResult, "range" | "statuses">> {
  const panels: DrawnPanel[] = [];
  const faults: string[] = [];
  let queries = 0;
  for (const panel of readPanels()) {
    const lines: DrawnPanel["lines"][number][] = [];
    for (const target of panel.targets) {
      queries += 1;
      const expression = filledIn(target, JOB, RATE_INTERVAL);
      try {
        const found = target.instant
          ? await prometheus.query(expression, range.end)
          : await prometheus.queryRange(expression, range);
        const shown = found.filter(({ points }) => points.some(([, value]) => Number.isFinite(value)));
        if (shown.length === 0) faults.push(`${panel.title}: nothing to see: ${expression}`);
        lines.push(...shown.map(({ labels, points }) => ({ name: legend(target.legendFormat, labels), points })));
      } catch (error) {
        faults.push(`${panel.title}: ${String(error)}: ${expression}`);
      }
    }
    panels.push({ panel, lines });
  }
  const rules = await prometheus.rules();
  return { panels, queries, rules: rules.count, faults: [...faults, ...rules.faults] };
}

/** `{{route}} {{status}}` with a series' labels; one that it lacks is left out. */
export function legend(format: string, labels: Readonly<Record<string, string>>): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? "").trim();
}
