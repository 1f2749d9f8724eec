import { agree } from "./agree.js";
import { bundleEncoder } from "./bundle-encoder.js";
import { bundleGguf } from "./bundle-gguf.js";
import { capacity } from "./capacity.js";
import { chaos } from "./chaos.js";
import { classify } from "./classify.js";
import type { CliCommand } from "./command.js";
import { compare } from "./compare.js";
import { completionOf } from "./completion.js";
import { dashboardCheck } from "./dashboard-check.js";
import { doctor } from "./doctor.js";
import { evaluate } from "./evaluate.js";
import { fuzzHttp } from "./fuzz-http.js";
import { fuzzModels } from "./fuzz-models.js";
import { hop } from "./hop.js";
import { importCommand } from "./import.js";
import { key } from "./key.js";
import { latency } from "./latency.js";
import { loadtest } from "./loadtest.js";
import { models } from "./models.js";
import { overload } from "./overload.js";
import { profile } from "./profile.js";
import { proxyCheck } from "./proxy-check.js";
import { results } from "./results.js";
import { serve } from "./serve.js";
import { soak } from "./soak.js";
import { train } from "./train.js";
import { verify } from "./verify.js";

/** What the commands of a group have in common, by its name. */
export const GROUPS: Readonly<Record<string, string>> = {
  bundle: "Makes a bundle of a model that was fine-tuned elsewhere.",
  dashboard: "Proves the Grafana dashboard.",
  fuzz: "Throws at onepass what nobody should send.",
};

const completion = completionOf(() => Promise.resolve(COMMANDS));

/** Every command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  ...[serve, classify, compare, models],
  // From own data to a served model.
  ...[importCommand, train, bundleEncoder, bundleGguf, verify],
  ...[evaluate, loadtest, key, doctor, completion],
  // For developers of onepass.
  ...[results, agree, profile, latency],
  ...[capacity, chaos, dashboardCheck, fuzzHttp, fuzzModels, hop, overload, proxyCheck, soak],
];
