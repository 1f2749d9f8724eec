import { TARGETS, type KindReport, type Report } from "./report.js";

/** The report in Markdown. */
export function overloadTable(report: Report): string {
  const { kinds, plan, goodput_ratio, p99_ratio, memory, environment, cores, target } = report;
  const row = (name: string, kind: KindReport) =>
    `| ${[
      name,
      kind.offered_per_second.toFixed(0),
      kind.goodput_per_second.toFixed(0),
      share(kind.refused.overloaded ?? 0, kind.sent),
      kind.p50_ms.toFixed(1),
      kind.p99_ms.toFixed(1),
    ].join(" | ")} |`;
  const verdict = (name: string, value: number, target: string, holds: boolean) =>
    `| ${name} | ${value.toFixed(2)} | ${target} | ${holds ? "met" : "**missed**"} |`;
  return [
    "| load | offered /s | answered /s | refused | p50 ms | p99 ms |",
    "|---|---:|---:|---:|---:|---:|",
    row("130 % (capacity)", kinds.capacity),
    row("90 %", kinds.usual),
    row(`${100 * plan.factor} %`, kinds.overload),
    "",
    "| under overload | measured | target | |",
    "|---|---:|---:|---|",
    verdict("goodput / capacity", goodput_ratio, `≥ ${TARGETS.goodput}`, goodput_ratio >= TARGETS.goodput),
    verdict("p99 / p99 at 90 %", p99_ratio, `≤ ${TARGETS.p99}`, p99_ratio <= TARGETS.p99),
    ...(memory
      ? [verdict("memory, last / first round", memory.ratio, `≤ ${TARGETS.memory}`, memory.ratio <= TARGETS.memory)]
      : []),
    "",
    ...lateness(kinds),
    `${target} on ${environment.cpu}, ${environment.cores} cores (${describeCores(cores)}), ${environment.node}; ` +
      `${plan.rounds} rounds of ${plan.blockMs / 1000} s a load, on ${report.made.slice(0, 10)}.`,
    "",
  ].join("\n");
}

/** Of a p99, what the generator may add to it by being late itself. */
const MOST_LATENESS = 0.1;

/** Said where the load was late so much that the figures are of the generator and not of the server. */
function lateness(kinds: Report["kinds"]): string[] {
  const late = Object.values(kinds).some(({ send_lag_p99_ms, p99_ms }) => send_lag_p99_ms > MOST_LATENESS * p99_ms);
  const lags = Object.values(kinds).map(({ send_lag_p99_ms }) => send_lag_p99_ms.toFixed(0));
  return late
    ? [`**These figures do not count:** other work kept the load itself waiting (p99 ${lags.join(", ")} ms).`, ""]
    : [];
}

const share = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

function describeCores(cores: Report["cores"]): string {
  return cores === "shared" ? "shared with the load" : `server on ${cores.server}, load on ${cores.load}`;
}
