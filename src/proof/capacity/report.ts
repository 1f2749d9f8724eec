import type { Environment } from "../evaluation/report.js";
import type { Commit } from "../loadtest/environment.js";
import { isClose, TOLERANCE, type Measured } from "./measure.js";
import type { Pricing, Sizing } from "./sizing.js";

export interface CapacityReport {
  readonly made: string;
  /** `engine` of `name@version` */
  readonly target: string;
  readonly replicas: number;
  readonly measured: Measured;
  readonly pricing: Pricing;
  readonly sizings: readonly Sizing[];
  readonly environment: Environment;
  readonly commit?: Commit;
}

const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const dollars = (value: number): string => `$${value < 10 ? value.toFixed(2) : count(value)}`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---:"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** The report in Markdown: what traffic takes, and how far the predictions are from what was measured. */
export function capacityTables(report: CapacityReport): string {
  const { measured, pricing, sizings, environment, made, replicas } = report;
  const { service, capacity_per_second: capacity, effective_cores: cores } = measured;
  const at = (fraction: number) => service.quantiles_ms[Math.round(fraction * (service.quantiles_ms.length - 1))]!;
  return [
    `An answer alone takes ${service.mean_ms.toFixed(1)} ms on average, ${at(0.5).toFixed(1)} at the median and ` +
      `${at(0.99).toFixed(1)} at the 99th percentile (${report.target}, ${pricing.coresOfReplica} core a replica, through the proxy).`,
    table(
      ["requests / s", "p99 goal", "replicas", "cores", "load of each", "a month", "a million answers"],
      sizings.map(sizingRow),
    ),
    `At $${pricing.dollarsACoreHour} a core and hour. Add one replica for each that may fail or be restarted at the same time.`,
    `${replicas} replicas on one machine (worth ${cores.toFixed(2)} cores when all are busy, ${capacity.toFixed(0)} answers a second):`,
    table(
      ["load", "requests / s", ...["p50", "p95", "p99"].map((name) => `${name}, predicted / measured`)],
      measured.loads.map(({ percent, per_second, predicted, measured, ratio }) => [
        `${percent} %`,
        per_second.toFixed(1),
        ...(["p50_ms", "p95_ms", "p99_ms"] as const).map(
          (name) =>
            `${predicted[name].toFixed(1)} / ${measured[name].toFixed(1)} ms = ${emphasis(ratio[name].toFixed(2), !isClose(ratio[name]))}`,
        ),
      ]),
    ),
    `Within ${100 * TOLERANCE} %: ${measured.holds ? "met" : "**missed**"}. ${environment.cpu}, ${environment.cores} cores, ` +
      `Node ${environment.node}, on ${made.slice(0, 10)}.`,
  ].join("\n\n");
}

const emphasis = (text: string, strong: boolean): string => (strong ? `**${text}**` : text);

function sizingRow(sizing: Sizing): string[] {
  const { per_second, p99_goal_ms, replicas, cores, load, dollars_a_month, dollars_a_million } = sizing;
  const known = <T>(value: T | null, show: (value: T) => string) => (value === null ? "–" : show(value));
  return [
    count(per_second),
    `${p99_goal_ms} ms`,
    known(replicas, count),
    known(cores, count),
    known(load, (share) => `${Math.round(100 * share)} %`),
    known(dollars_a_month, dollars),
    known(dollars_a_million, (value) => `$${value.toFixed(2)}`),
  ];
}
