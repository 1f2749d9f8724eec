import { stat } from "node:fs/promises";
import { bundleId, loadBundle, type Bundle } from "../bundle/bundle.js";
import type { Config } from "../config/read.js";
import { goldenResults } from "../engines/golden.js";
import { loadEngines, type EngineOptions } from "../engines/load.js";
import { engineOptions } from "../house/engines.js";

interface Check {
  readonly check: string;
  readonly sound: boolean;
  /** What was found, or what is wrong. */
  readonly found: string;
}

/** What was found of a bundle. */
export interface Verified {
  /** `name@version`; the folder of one that can't be read. */
  readonly bundle: string;
  readonly sound: boolean;
  readonly checks: readonly Check[];
}

/** Proves a bundle as the server does before it serves one, and what it answers. config: absent, no model is opened. */
export async function verifyBundle(folder: string, config: Config | undefined, stop: AbortSignal): Promise<Verified> {
  const checks: Check[] = [];
  let bundle: Bundle | undefined;
  checks.push(
    await checked("hashes and headers", async () => {
      bundle = await loadBundle(folder);
      const files = Object.keys(bundle.manifest.files);
      const sizes = await Promise.all(files.map(async (file) => (await stat(bundle!.path(file))).size));
      const mib = sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
      return { sound: true, found: `${files.length} files, ${mib.toFixed(1)} MiB` };
    }),
  );
  if (bundle && config) {
    for (const runtime of runtimesOf(bundle)) {
      const name = runtime === "auto" ? "golden texts" : `golden texts on ${runtime}`;
      const options = { ...engineOptions(config), runtime };
      checks.push(await checked(name, () => answersAsPublished(bundle!, options, stop)));
    }
  }
  return { bundle: bundle ? bundleId(bundle) : folder, sound: checks.every(({ sound }) => sound), checks };
}

/** Both of a decoder that has a graph beside its GGUF. */
function runtimesOf({ manifest: { model } }: Bundle): NonNullable<EngineOptions["runtime"]>[] {
  return model.engine === "single-pass" && model.onnx ? ["onnx", "llama"] : ["auto"];
}

async function answersAsPublished(
  bundle: Bundle,
  options: EngineOptions,
  stop: AbortSignal,
): Promise<Omit<Check, "check">> {
  const { model, golden } = bundle.manifest;
  const [engine] = await loadEngines(bundle, { ...options, engines: [model.engine] });
  await using opened = engine!;
  if ("decoders" in model || golden.cases.length === 0) {
    return { sound: true, found: "opens; the bundle has no scores to compare with" };
  }
  const results = await goldenResults(opened, stop);
  const wrong = results.filter(({ agrees }) => !agrees);
  const worst = Math.max(...results.map((result) => result.worst));
  const agreeing = `${results.length - wrong.length} of ${results.length} within ${golden.tolerance}`;
  const first = wrong[0] ? `; the first that is not: ${JSON.stringify(wrong[0].text)}` : "";
  return { sound: wrong.length === 0, found: `${agreeing}, the worst logit differs by ${worst.toFixed(3)}${first}` };
}

async function checked(check: string, work: () => Promise<Omit<Check, "check">>): Promise<Check> {
  try {
    return { check, ...(await work()) };
  } catch (error) {
    return { check, sound: false, found: error instanceof Error ? error.message : String(error) };
  }
}
