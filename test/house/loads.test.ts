import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cpuFeatures, Loads } from "../../src/house/loads.js";
import { fakeBundle, fakeEngines } from "../classify/fakes.js";

test("the line of the start says what was loaded, where, how long it took and what memory it has", async () => {
  const writing = fakeBundle("single-pass that writes", { name: "writing" });
  const loads = new Loads((bundle) => Promise.resolve(fakeEngines(bundle)));
  await loads.load(writing);
  const summary = await loads.summary({ threads: 2, workers: 0 });
  expect(summary).toMatchObject({
    models: [{ model: "writing@1.0.0", engines: { generate: "onnxruntime, cpu" }, took_ms: expect.any(Number) }],
    cpu: { cores: expect.any(Number) },
    threads: 2,
    workers: "in-process",
  });
  expect((summary as { memory_mb: number }).memory_mb).toBeGreaterThan(10);
});

test("a model that can't be loaded is not said to be", async () => {
  const loads = new Loads(() => Promise.reject(new Error("no memory")));
  await expect(loads.load(fakeBundle("generate"))).rejects.toThrow("no memory");
  expect(await loads.summary({ threads: 1, workers: 2 })).toMatchObject({ models: [], workers: 2 });
});

test("of a processor's flags those are told that kernels are chosen by", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cpu-"));
  const file = join(folder, "cpuinfo");
  writeFileSync(
    file,
    "model name\t: X\nflags\t\t: fpu sse2 avx avx2 avx512f avx512_vnni amx_int8 smep\nflags\t\t: avx\n",
  );
  expect(await cpuFeatures(file)).toEqual(["avx", "avx2", "avx512f", "avx512_vnni", "amx_int8"]);
  expect(await cpuFeatures(join(folder, "none"))).toBeUndefined();
  rmSync(folder, { recursive: true });
});
