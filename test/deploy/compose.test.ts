import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/config/read.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { composeFaultsOf, manifestsIn, type Manifest } from "./manifests.js";

const FILES = ["deploy/docker/compose.yaml", "examples/monitoring/compose.yaml"];
const read = (path: string): Manifest => manifestsIn(readFileSync(join(PACKAGE_ROOT, path), "utf8"))[0];

describe.each(FILES)("%s", (path) => {
  const file = read(path);
  const services = Object.values<Manifest>(file.services);

  test("is what the Compose Specification asks for", () => {
    expect(composeFaultsOf(file)).toEqual([]);
    const spoilt = structuredClone(file);
    spoilt.services.onepass.port = [];
    expect(composeFaultsOf(spoilt)).not.toEqual([]);
  });

  test("gives onepass settings that there are, and opens nothing to other machines", () => {
    expect(() => readConfig(file.services.onepass.environment)).not.toThrow();
    for (const port of services.flatMap(({ ports = [] }) => ports)) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test("builds from the repository and mounts files that are there", () => {
    const folder = join(PACKAGE_ROOT, dirname(path));
    expect(existsSync(join(folder, file.services.onepass.build, "Dockerfile"))).toBe(true);
    for (const source of services
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume: string) => volume.split(":")[0]!)) {
      if (source.startsWith(".")) expect(existsSync(join(folder, source)), source).toBe(true);
      else expect(Object.keys(file.volumes)).toContain(source);
    }
  });
});

describe("the watched one", () => {
  const { services } = read("examples/monitoring/compose.yaml");
  const mounts = ({ volumes }: Manifest): [source: string, target: string][] =>
    volumes.map((volume: string) => volume.split(":").slice(0, 2));

  test("is scraped where its metrics are, like the server of deploy/prometheus", () => {
    const [{ static_configs, ...job }] = read("examples/monitoring/prometheus.yml").scrape_configs;
    expect(static_configs).toEqual([{ targets: [`onepass:${services.onepass.environment.ONEPASS_OPS_PORT}`] }]);
    const { scrape_configs, rule_files } = read("deploy/prometheus/prometheus.yml");
    expect(job.job_name).toBe(scrape_configs[0].job_name);
    expect(read("examples/monitoring/prometheus.yml").rule_files).toEqual(rule_files);
  });

  test("has its dashboard where Grafana looks, on the data source that it names", () => {
    const [provider] = read("examples/monitoring/grafana/dashboards.yaml").providers;
    const dashboard = mounts(services.grafana).find(([source]) => source.endsWith("/onepass.json"))!;
    expect(dirname(dashboard[1])).toBe(provider.options.path);
    expect(services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(dashboard[1]);
    const [source] = read("examples/monitoring/grafana/datasources.yaml").datasources;
    expect(source).toMatchObject({ type: "prometheus", isDefault: true, url: "http://prometheus:9090" });
  });

  const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
  if (!hasPromtool) console.warn("SKIPPED: the configuration of examples/monitoring, since there is no promtool");
  test.skipIf(!hasPromtool)("has a Prometheus that takes its configuration and rules", () => {
    const folder = mkdtempSync(join(tmpdir(), "onepass-prometheus-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    for (const [source, target] of mounts(services.prometheus)) {
      if (source.startsWith(".")) {
        symlinkSync(join(PACKAGE_ROOT, "examples/monitoring", source), join(folder, basename(target)));
      }
    }
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "config", join(folder, "prometheus.yml")]);
    expect(status, `${String(stdout)}${String(stderr)}`).toBe(0);
  });
});
