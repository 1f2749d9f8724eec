import { expect, test } from "vitest";
import { BundleError } from "../../src/errors.js";
import { fakeBundle } from "../classify/fakes.js";
import { administered } from "./administered.js";
import { harnessWith } from "./harness.js";

const newer = fakeBundle("single-pass", { version: "2.0.0" });
const faulty = [
  { model: "joint-encoder", error: new BundleError("joint-encoder@1.0.0", "model.onnx is not the file") },
];

/** On the disk are a newer single pass and a broken joint encoder. */
async function changed() {
  const made = await administered((names) => ({
    bundles: [newer].filter(({ manifest }) => names.includes(manifest.name)),
    faulty: faulty.filter(({ model }) => names.includes(model)),
  }));
  const post = (path: string, key = made.operator) => made.http.post(`/admin/models/${path}`).set("x-api-key", key);
  return { ...made, post };
}

test("a model is loaded, and says whom it has replaced", async () => {
  const { post, pool } = await changed();
  const { body } = (await post("single-pass/load").expect(200)) as { body: unknown };
  expect(body).toMatchObject({
    model: "single-pass@2.0.0",
    replaced: "single-pass@1.0.0",
    default: "single-pass@2.0.0",
  });
  expect(pool.byModel("single-pass")?.bundle).toBe(newer);
});

test("a refusal is a 409 whose reason a program can read", async () => {
  const { post } = await changed();
  await post("joint-encoder/load")
    .expect(409)
    .expect(({ body }) => {
      expect(body).toMatchObject({ error: { code: "model_refused", details: { reason: "invalid_bundle" } } });
    });
  await post("single-pass/unload")
    .expect(409)
    .expect(({ body }) => {
      expect(body).toMatchObject({ error: { details: { reason: "in_use" } } });
    });
});

test("models are activated and unloaded", async () => {
  const { post, pool } = await changed();
  await post("joint-encoder@1.0.0/activate").send({}).expect(200);
  expect(pool.default?.model).toBe("joint-encoder@1.0.0");
  await post("single-pass/unload").expect(200);
  expect(pool.byModel("single-pass")).toBeUndefined();
});

test.each([
  ["nowhere/load", undefined, 404, "unknown_model"],
  ["single-pass/load", { force: true }, 400, "unknown_field"],
  ["single-pass/load", { allow_schema_change: "yes" }, 400, "invalid_request"],
])("%s with %j is a %i", async (path, body, status, code) => {
  const { post } = await changed();
  const response = await post(path).send(body).expect(status);
  expect(response.body).toMatchObject({ error: { code } });
});

test("other keys, and a server without keys, change nothing", async () => {
  const { post, http, user } = await changed();
  await post("single-pass/load", user).expect(403);
  await http.post("/admin/models/single-pass/load").expect(401);
  const open = await harnessWith({});
  await open.http.post("/admin/models/single-pass/load").expect(403);
});

test("only POST changes a model", async () => {
  const { http, operator } = await changed();
  await http.get("/admin/models/single-pass/load").set("x-api-key", operator).expect(405);
});
