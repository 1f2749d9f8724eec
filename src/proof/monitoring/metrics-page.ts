import type { Registry } from "prom-client";

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric of a registry as prom-client keeps it; the type of its metrics hides their labels. */
async function metricsOf(registry: Registry): Promise<Metric[]> {
  const known = registry.getMetricsAsArray() as unknown as { name: string; labelNames?: string[] }[];
  const labels = new Map(known.map(({ name, labelNames = [] }) => [name, labelNames]));
  const metrics = (await registry.getMetricsAsJSON()) as unknown as Omit<Metric, "labels">[];
  return metrics.map((metric) => ({ ...metric, labels: labels.get(metric.name) ?? [] }));
}

/** The names that a scrape of a registry may hold: a histogram is several series. */
export async function seriesNames(registry: Registry): Promise<Set<string>> {
  const metrics = await metricsOf(registry);
  return new Set(
    metrics.flatMap(({ name, type }) =>
      (type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]).map((end) => name + end),
    ),
  );
}

/** The page `docs/metrics.md`: the registry is its only source. */
export async function metricsPage(registry: Registry): Promise<string> {
  const metrics = await metricsOf(registry);
  const own = metrics.filter(({ name }) => name.startsWith("onepass_")).sort((a, b) => (a.name < b.name ? -1 : 1));
  const others = metrics.filter(({ name }) => !name.startsWith("onepass_"));
  const rows = own.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.join(", ")} | ${help} |`);
  return `# Metrics

<!-- Written by \`npm run docs:metrics\` from src/metrics/; a test fails when it is stale. -->

What \`GET /metrics\` tells Prometheus. [monitoring.md](monitoring.md) says how it is read. Durations are in seconds, memory in bytes, shares
between 0 and 1. No label comes from a request: \`model\` is \`name@version\` of a bundle, \`route\` the pattern of a path.

| metric | type | labels | meaning |
|---|---|---|---|
${rows.join("\n")}

Of the process and of Node, by prom-client: ${others.map(({ name }) => `\`${name}\``).join(", ")}.
`;
}
