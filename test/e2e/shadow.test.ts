import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../src/package.js";
import { ShadowSummary } from "../../src/shadow/summary.js";
import { TASK_NAMES } from "../../src/tasks/task.js";
import { loaded, startProcess, urlOf } from "./process.js";

const MODELS = join(PACKAGE_ROOT, "models");

/** The name of a bundle of an engine that answers every task. */
function bundleOf(engine: string): string | undefined {
  if (!existsSync(MODELS)) return undefined;
  const manifests = readdirSync(MODELS)
    .map((name) => join(MODELS, name, "bundle.json"))
    .filter((file) => existsSync(file))
    .map(
      (file) => JSON.parse(readFileSync(file, "utf8")) as { name: string; model: { engine: string }; tasks: object },
    );
  return manifests.find(({ model, tasks }) => model.engine === engine && TASK_NAMES.every((task) => task in tasks))
    ?.name;
}

const answerer = bundleOf("joint-encoder");
const shadow = bundleOf("dual-encoder");
const absent = answerer === undefined || shadow === undefined;
if (absent) console.warn("SKIPPED: a shadow in a server as a process, since models/ has no two bundles of encoders");

/** Nothing that either was trained on, so that they disagree. */
const TEXTS = [
  "colourless green ideas",
  "seven seven seven",
  "the of and to in",
  "zebra xylophone quorum",
  "may march june",
];

/** What a server with these settings has compared, once the two have disagreed. A busy machine drops samples: it is asked again. */
async function compared(env: Record<string, string>): Promise<ShadowSummary> {
  const server = startProcess({
    ONEPASS_MODELS: `${answerer},${shadow}`,
    ONEPASS_DEFAULT_MODEL: answerer!,
    ONEPASS_SHADOW_MODEL: shadow!,
    ONEPASS_SHADOW_SHARE: "1",
    ...env,
  });
  try {
    const url = await urlOf(server);
    await loaded(url);
    const summary = async () => ShadowSummary.parse(await (await fetch(`${url}/compare/summary`)).json());
    for (let asked = 1; ; asked++) {
      const text = TEXTS[asked % TEXTS.length];
      const answer = await fetch(`${url}/classify`, { method: "POST", body: JSON.stringify({ text }) });
      expect(answer.status).toBe(200);
      const seen = async () => {
        const { dropped, pairs } = await summary();
        return dropped + (pairs[0]?.requests ?? 0);
      };
      await expect.poll(seen, { timeout: 30_000 }).toBe(asked);
      const now = await summary();
      if ((now.pairs[0]?.disagreements.length ?? 0) > 0) return now;
    }
  } finally {
    server.kill("SIGKILL");
  }
}

describe.skipIf(absent)("a server with a shadow", () => {
  test("compares the two, and keeps ids alone of what they disagree on", async () => {
    const { pairs } = await compared({});
    expect(pairs).toMatchObject([
      {
        answerer: { engine: "joint-encoder" },
        shadow: { engine: "dual-encoder" },
        failures: {},
      },
    ]);
    expect(Object.keys(pairs[0]!.agreement).sort()).toEqual(["intent", "slots", "topic"]);
    for (const disagreement of pairs[0]!.disagreements) {
      expect(Object.keys(disagreement).sort()).toEqual(["at", "id", "index", "tasks"]);
    }
  });

  test("keeps the texts, too, when texts may be logged", async () => {
    const { pairs } = await compared({ ONEPASS_LOG_TEXT: "1" });
    const kept = pairs[0]!.disagreements;
    for (const { text, answer, shadow } of kept) {
      expect(TEXTS).toContain(text);
      expect(answer).not.toEqual(shadow);
    }
  });
});
