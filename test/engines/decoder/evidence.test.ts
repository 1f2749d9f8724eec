import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEvidence } from "../../../src/engines/decoder/evidence.js";
import { BundleError } from "../../../src/errors.js";
import { decoderManifest } from "../../bundle/manifests.js";

/** A bundle whose table of four buckets for two topics has so many bytes; without one where there are none. */
async function bundleWith(bytes?: number) {
  const folder = await mkdtemp(join(tmpdir(), "evidence-"));
  const manifest = decoderManifest();
  const evidence = { file: "topic.evidence", buckets: 4, damping: 1, weight: 1 };
  if (bytes !== undefined) {
    await writeFile(join(folder, evidence.file), new Uint8Array(bytes).fill(1));
    manifest.tasks.topic = { ...manifest.tasks.topic!, evidence };
  }
  return { folder, manifest, path: (file: string) => join(folder, file) };
}

test("a table speaks of the bundle's topics", async () => {
  const evidence = await openEvidence(await bundleWith(4 + 4 * 2));
  expect(evidence?.scores([3])).toHaveLength(2);
  expect(evidence!.scores([3])[0]).toBeGreaterThan(0);
});

test("a bundle need not have one", async () => {
  expect(await openEvidence(await bundleWith())).toBeUndefined();
});

test.each([0, 11, 13])("a file of %d bytes is refused where twelve belong", async (bytes) => {
  const opened = openEvidence(await bundleWith(bytes));
  await expect(opened).rejects.toThrow(BundleError);
  await expect(opened).rejects.toThrow(`has ${bytes} bytes; 4 buckets for 2 labels take 12`);
});
