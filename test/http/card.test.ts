import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fakeBundle } from "../classify/fakes.js";
import { harness } from "./harness.js";

async function withCard(card?: string) {
  const folder = await mkdtemp(join(tmpdir(), "bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  if (card !== undefined) await writeFile(join(folder, "MODEL_CARD.md"), card);
  return harness([{ ...fakeBundle("single-pass"), folder }]);
}

test.each(["single-pass", "single-pass@1.0.0"])("the card of %s is the bundle's file", async (model) => {
  const { http } = await withCard("# A card\n\n<script>é</script>\n");
  const { text, headers } = await http.get(`/models/${model}/card`).expect(200);
  expect(text).toBe("# A card\n\n<script>é</script>\n");
  expect(headers["content-type"]).toBe("text/markdown; charset=utf-8");
});

test.each([
  ["a bundle without one", "single-pass", "has no card"],
  ["a model that is not there", "nobody", "no such model"],
  ["a path out of the folder", "..%2f..", "no such model"],
])("the card of %s is a 404", async (_name, model, message) => {
  const { http } = await withCard();
  const { body } = await http.get(`/models/${model}/card`).expect(404);
  expect(body.error).toMatchObject({ code: "not_found" });
  expect(body.error.message).toContain(message);
});

test("a path that can't be read is the caller's fault", async () => {
  const { http } = await withCard();
  await http.get("/models/%/card").expect(400);
});
