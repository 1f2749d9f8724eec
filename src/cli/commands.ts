import { agree } from "./agree.js";
import { bundleEncoder } from "./bundle-encoder.js";
import { capacity } from "./capacity.js";
import type { CliCommand } from "./command.js";
import { dashboardCheck } from "./dashboard-check.js";
import { evaluate } from "./evaluate.js";
import { fuzzHttp } from "./fuzz-http.js";
import { fuzzModels } from "./fuzz-models.js";
import { importCommand } from "./import.js";
import { key } from "./key.js";
import { loadtest } from "./loadtest.js";
import { overload } from "./overload.js";
import { profile } from "./profile.js";
import { proxyCheck } from "./proxy-check.js";
import { results } from "./results.js";
import { soak } from "./soak.js";

/** What the commands of a group have in common, by its name. */
export const GROUPS: Readonly<Record<string, string>> = {
  fuzz: "Throws at onepass what nobody should send.",
  bundle: "Makes a bundle of a model that was fine-tuned elsewhere.",
  dashboard: "Proves the Grafana dashboard.",
};

/** Every command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  importCommand,
  bundleEncoder,
  evaluate,
  key,
  loadtest,
  results,
  agree,
  fuzzHttp,
  fuzzModels,
  capacity,
  soak,
  proxyCheck,
  profile,
  overload,
  dashboardCheck,
];
