import { readFileSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { settingsPage } from "../../scripts/settings-page.js";
import { describeSettings } from "../../src/config/describe.js";
import { ConfigError, readConfig } from "../../src/config/read.js";
import { PACKAGE_ROOT } from "../../src/package.js";

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("without variables a server is on this machine alone, on the CPU", () => {
  const config = readConfig({ PATH: "/bin" });
  expect(config).toMatchObject({ host: "127.0.0.1", port: 8080, gpu: "off", models: [], maxTexts: 32 });
  expect(config.modelsDirs).toEqual([join(PACKAGE_ROOT, "models")]);
  expect(config.threads).toBeGreaterThan(0);
});

test("variables are read as numbers, names and paths", () => {
  const config = readConfig({
    ONEPASS_PORT: "0",
    ONEPASS_THREADS: "3",
    ONEPASS_MODELS: "one, two@1.0.0",
    ONEPASS_MODELS_DIR: "/models",
  });
  expect(config).toMatchObject({ port: 0, threads: 3, models: ["one", "two@1.0.0"] });
  expect(config.modelsDirs.every(isAbsolute)).toBe(true);
});

test("several folders of models are read, each once, with the platform's delimiter between them", () => {
  const { modelsDirs } = readConfig({ ONEPASS_MODELS_DIR: ["models", "/elsewhere", "", "./models"].join(delimiter) });
  expect(modelsDirs).toEqual([join(PACKAGE_ROOT, "models"), resolve("/elsewhere")]);
});

test("an empty variable counts as unset", () => {
  expect(readConfig({ ONEPASS_PORT: "", ONEPASS_MODELS: "" })).toEqual(readConfig({}));
});

test.each([
  ["ONEPASS_PORT", "http"],
  ["ONEPASS_PORT", "65536"],
  ["ONEPASS_PORT", "-1"],
  ["ONEPASS_PORT", "8e3"],
  ["ONEPASS_GPU", "metal"],
  ["ONEPASS_MAX_TEXTS", "0"],
  ["ONEPASS_MODELS", "a,,b"],
  ["ONEPASS_MODELS_DIR", delimiter],
  ["ONEPASS_DEFAULT_MODEL", "../etc"],
  ["ONEPASS_LOG_LEVEL", "loud"],
  ["ONEPASS_TIMEOUT_MS", "1.5"],
  ["ONEPASS_LOG_TEXT", "yes"],
  ["ONEPASS_LOG_TEXT", "1.1"],
  ["ONEPASS_OTLP_ENDPOINT", "collector:4318"],
  ["ONEPASS_PROT", "8080"],
])("%s=%s is a fault that names the variable", (variable, value) => {
  expect(faultsOf({ [variable]: value })).toEqual([expect.stringContaining(`${variable}:`)]);
});

test("every fault is named at once", () => {
  const faults = faultsOf({ ONEPASS_PORT: "x", ONEPASS_GPU: "x", ONEPASS_X: "x" });
  expect(faults.map((fault) => fault.split(":")[0]).sort()).toEqual(["ONEPASS_GPU", "ONEPASS_PORT", "ONEPASS_X"]);
});

test("of a name that is mistyped the right one is told", () => {
  expect(faultsOf({ ONEPASS_MODEL: "a" })).toEqual([
    'ONEPASS_MODEL: there is no such setting. Did you mean "ONEPASS_MODELS"?',
  ]);
  expect(faultsOf({ ONEPASS_X: "a" })).toEqual(["ONEPASS_X: there is no such setting."]);
});

test("the manual describes every setting and is the one that the schema makes", () => {
  for (const { description, values } of describeSettings()) expect(description && values).toBeTruthy();
  // Stale? npm run docs:config
  expect(readFileSync(join(PACKAGE_ROOT, "docs/configuration.md"), "utf8")).toBe(settingsPage());
});
