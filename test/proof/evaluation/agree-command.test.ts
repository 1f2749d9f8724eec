import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agreeCommand } from "../../../src/proof/evaluation/agree-command.js";
import type { Classifier, Prediction } from "../../../src/proof/evaluation/classifier.js";

const folder = mkdtempSync(join(tmpdir(), "agree-"));

/** Says `other` to the texts of `mistaken`, and "alarm" to the rest. */
function classifier(model: string, mistaken: readonly string[]): Classifier & AsyncDisposable {
  return {
    model,
    engine: "single-pass",
    labels: { intent: new Set(["alarm", "other"]) },
    classify: (text): Promise<Prediction> =>
      Promise.resolve({
        intent: { name: mistaken.includes(text) ? "other" : "alarm", confidence: 0.9 },
        truncated: false,
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

test("both are asked every row, and the figures are those of the pairs", async () => {
  const data = join(folder, "rows.jsonl");
  const texts = ["one", "two", "three", "four"];
  writeFileSync(data, texts.map((text, i) => JSON.stringify({ id: i, text, intent: "alarm" })).join("\n"));
  const json = join(folder, "out.json");
  let told = "";
  const code = await agreeCommand(
    { bundle: "a", against: "b", runtimes: ["onnx", "llama"], data: [data], json },
    {
      open: (bundle, runtime) =>
        Promise.resolve(classifier(`${bundle} on ${runtime}`, bundle === "a" ? ["one"] : ["two", "three"])),
      stop: new AbortController().signal,
      stdout: { write: (text) => (told += text) },
      stderr: { write: () => true },
    },
  );
  expect(code).toBe(0);
  expect(told).toContain("intent: 25.00 % of 4 alike");
  expect(told).toContain("intent: 25.00 points"); // 75 % less 50 %
  const report = JSON.parse(readFileSync(json, "utf8")) as { sides: unknown; data: { agreement: unknown }[] };
  expect(report.sides).toEqual([
    { bundle: "a on onnx", runtime: "onnx" },
    { bundle: "b on llama", runtime: "llama" },
  ]);
  expect(report.data[0]?.agreement).toEqual({ intent: { equal: 1, of: 4 } });
});
