import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/config/read.js";
import { openApiDocument } from "../../src/http/openapi/document.js";
import { Metrics } from "../../src/metrics/metrics.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { DEPLOY, faultsOf, manifestFiles, manifestsIn, type Manifest } from "./manifests.js";

const FILES = manifestFiles("k8s", "kserve");
const isKustomization = (file: string) => file.endsWith("kustomization.yaml");
const all = Object.entries(FILES).flatMap(([file, manifests]) => (isKustomization(file) ? [] : manifests));
const of = (kind: string): Manifest => all.find((manifest) => manifest.kind === kind);

const base = FILES["k8s/base/kustomization.yaml"]![0];
const settings = Object.fromEntries(
  base.configMapGenerator[0].literals.map((literal: string) => literal.split(/=(.*)/s).slice(0, 2)),
) as Record<string, string>;
const podOf = (manifest: Manifest): Manifest => manifest.spec.template?.spec ?? manifest.spec.predictor;
const PODS = [of("Deployment"), of("InferenceService")].map(
  (manifest) => [manifest.kind as string, podOf(manifest)] as const,
);

test.each(Object.entries(FILES).filter(([file]) => !isKustomization(file)))(
  "%s is what the published schemas of its kinds ask for",
  (_file, manifests) => {
    expect(manifests.length).toBeGreaterThan(0);
    expect(manifests.flatMap(faultsOf)).toEqual([]);
  },
);

test.each<[string, string, (manifest: Manifest) => void]>([
  ["a name that is misspelt", "Deployment", ({ spec }) => (spec.template.spec.container = [])],
  ["a number as text", "HorizontalPodAutoscaler", ({ spec }) => (spec.minReplicas = "two")],
  ["what is required and missing", "ScaledObject", ({ spec }) => delete spec.triggers],
  ["a field that KServe lacks", "InferenceService", ({ spec }) => (spec.predictor.replicas = 2)],
  [
    "a probe without its port",
    "InferenceService",
    ({ spec }) => delete spec.predictor.containers[0].livenessProbe.httpGet.port,
  ],
])("the schemas refuse %s", (_what, kind, spoil) => {
  const manifest = structuredClone(of(kind));
  spoil(manifest);
  expect(faultsOf(manifest)).not.toEqual([]);
});

test("every file belongs to a kustomization", () => {
  for (const folder of ["base", "keda"]) {
    const [kustomization] = FILES[`k8s/${folder}/kustomization.yaml`]!;
    const own = Object.keys(FILES)
      .filter((file) => file.startsWith(`k8s/${folder}/`) && !isKustomization(file))
      .map((file) => file.split("/").at(-1));
    expect(own.sort()).toEqual(kustomization.resources.filter((name: string) => !name.startsWith("..")).sort());
  }
});

describe.each(PODS)("the pod of %s", (_kind, pod) => {
  const [container] = pod.containers;

  test("runs without root, capabilities and a root file system to write to", () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  test("asks for memory and cores, and has as many threads as cores", () => {
    const { requests, limits } = container.resources;
    expect(requests).toHaveProperty("memory");
    expect(limits).toHaveProperty("memory");
    const threads =
      container.env?.find((one: Manifest) => one.name === "ONEPASS_THREADS").value ?? settings.ONEPASS_THREADS;
    expect(threads).toBe(requests.cpu);
  });

  test("is probed at paths that there are, on ports that it opens", () => {
    const ports = container.ports.flatMap(({ name, containerPort }: Manifest) => [name, containerPort]);
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const { path, port } = container[probe].httpGet;
      expect(openApiDocument().paths, probe).toHaveProperty([path]);
      expect(ports, probe).toContain(port);
    }
  });

  test("has the time to drain before it is killed", () => {
    const { drainMs } = readConfig(settings);
    const pause = Number(container.lifecycle.preStop.exec.command[1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(pause + drainMs / 1000);
  });

  test("serves models that the image has", () => {
    const own = Object.fromEntries(
      (container.env ?? []).map(({ name, value }: Manifest) => [name, value]),
    ) as typeof settings;
    const { models } = readConfig({ ...settings, ...own });
    for (const name of models) expect(existsSync(join(PACKAGE_ROOT, "models", name, "bundle.json")), name).toBe(true);
  });
});

test("the scalers look at a metric that there is", () => {
  const known = new Metrics().registry.getMetricsAsArray().map(({ name }) => name);
  const [{ pods }] = of("HorizontalPodAutoscaler").spec.metrics;
  const [{ metadata }] = of("ScaledObject").spec.triggers;
  expect(known).toContain(pods.metric.name);
  expect(metadata.query).toContain(pods.metric.name);
  expect(metadata.threshold).toBe(pods.target.averageValue);
});

const hasKubectl = spawnSync("kubectl", ["kustomize", "--help"]).status === 0;
if (!hasKubectl) console.warn("SKIPPED: building deploy/k8s, since there is no kubectl");

describe.skipIf(!hasKubectl).each(["base", "keda"])("kustomize builds %s", (folder) => {
  const build = () =>
    manifestsIn(execFileSync("kubectl", ["kustomize", join(DEPLOY, "k8s", folder)], { encoding: "utf8" }));

  test("into sound manifests, with one scaler", () => {
    const built = build();
    expect(built.flatMap(faultsOf)).toEqual([]);
    const scalers = built.filter(({ kind }) => ["HorizontalPodAutoscaler", "ScaledObject"].includes(kind as string));
    expect(scalers.map(({ kind }) => kind)).toEqual([folder === "base" ? "HorizontalPodAutoscaler" : "ScaledObject"]);
  });

  test("whose service, budget and policy choose the deployment's pods, and clients of any name", () => {
    const built = build();
    const one = (kind: string): Manifest => built.find((manifest) => manifest.kind === kind);
    const { labels } = one("Deployment").spec.template.metadata;
    expect(one("Deployment").spec.selector.matchLabels).toEqual(labels);
    expect(one("Service").spec.selector).toEqual(labels);
    expect(one("PodDisruptionBudget").spec.selector.matchLabels).toEqual(labels);
    const { podSelector, ingress } = one("NetworkPolicy").spec;
    expect(podSelector.matchLabels).toEqual(labels);
    expect(ingress[0].from[0].podSelector.matchLabels).toEqual({ "onepass-client": "true" });
    expect(one("Deployment").spec.template.spec.containers[0].envFrom[0].configMapRef.name).toBe(
      one("ConfigMap").metadata.name,
    );
  });
});

test.skipIf(!hasKubectl)("the patch in docs/kubernetes.md puts the keys where the setting there looks", () => {
  const page = readFileSync(join(PACKAGE_ROOT, "docs/kubernetes.md"), "utf8");
  const patches = /```yaml\n(patches:[^]*?)```/.exec(page)![1]!;
  const folder = mkdtempSync(join(tmpdir(), "onepass-overlay-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  cpSync(join(DEPLOY, "k8s/base"), folder, { recursive: true });
  appendFileSync(join(folder, "kustomization.yaml"), patches);
  const built = manifestsIn(execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" }));
  expect(built.flatMap(faultsOf)).toEqual([]);
  const { containers, volumes } = podOf(built.find(({ kind }) => kind === "Deployment"));
  const mount = containers[0].volumeMounts.find((one: Manifest) => one.name === "keys");
  expect(page).toContain(`ONEPASS_KEYS_FILE=${mount.mountPath}/keys.json`);
  const { secretName } = volumes.find((one: Manifest) => one.name === "keys").secret;
  expect(page).toContain(`create secret generic ${secretName} --from-file=keys.json`);
});

test("the adapter's rule in the docs names the autoscaler's metric", () => {
  const page = readFileSync(join(PACKAGE_ROOT, "docs/scaling.md"), "utf8");
  expect(page).toContain(`as: ${of("HorizontalPodAutoscaler").spec.metrics[0].pods.metric.name}`);
});
