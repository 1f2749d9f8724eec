import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { discoverBundles } from "../../../src/bundle/discover.js";
import type { Engine } from "../../../src/engines/engine.js";
import { loadEngines } from "../../../src/engines/load.js";
import { enginesOf } from "../../../src/engines/offered.js";
import { prepareText } from "../../../src/text/prepare.js";
import { locateValue } from "../../../src/tasks/locate.js";
import { readAnswer } from "../../../src/engines/generate/answer.js";

const { bundles } = await discoverBundles(join(import.meta.dirname, "../../../models"));
const writing = bundles.filter(({ manifest }) => enginesOf(manifest.model).includes("generate"));

describe.each(writing.map((bundle) => [bundle.manifest.name, bundle] as const))("%s", (_name, bundle) => {
  const { golden, text: options } = bundle.manifest;
  const cases = golden.cases.flatMap((one) => (one.written === undefined ? [] : [[one.written, one] as const]));
  let engine: Engine;

  beforeAll(async () => {
    [engine] = (await loadEngines(bundle, { threads: 1, gpu: false, engines: ["generate"] })) as [Engine];
  }, 60_000);

  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  test("writes a valid answer at all", async () => {
    const text = prepareText("wake me up at nine on friday", options);
    const [result] = await engine.score(
      [{ text, truncate: false, field: "text" }],
      ["intent"],
      new AbortController().signal,
    );
    const intent = result && "written" in result ? result.written.intent : undefined;
    expect(bundle.manifest.tasks.intent?.labels).toContain(intent?.name);
  });

  test.each(cases)("writes as in training: %s", async (written, { text, tasks }) => {
    const prepared = prepareText(text, options);
    const [result] = await engine.score(
      [{ text: prepared, truncate: false, field: "text" }],
      tasks,
      new AbortController().signal,
    );
    const expected = readAnswer(written);
    expect(result).toMatchObject({
      written: {
        ...(expected.intent !== undefined && { intent: { name: expected.intent } }),
        ...(expected.topic !== undefined && { topic: [{ name: expected.topic }] }),
      },
    });
    const values = (expected.slots ?? []).flatMap((slot) => Object.entries(slot));
    const places = values.map(([name, value]) => ({ name, ...locateValue(prepared, value, []) }));
    const slots = result && "written" in result ? (result.written.slots ?? []) : [];
    expect(slots.map(({ name, start, end }) => ({ name, start, end }))).toEqual(places);
  });
});
