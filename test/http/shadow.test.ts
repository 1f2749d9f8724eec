import { expect, test } from "vitest";
import { ShadowSummary } from "../../src/shadow/summary.js";
import { harness, harnessWith } from "./harness.js";

test("a server without a shadow says so", async () => {
  const { http } = await harness();
  const { body } = await http.get("/compare/summary").expect(200);
  expect(ShadowSummary.parse(body)).toMatchObject({ shadow: null, dropped: 0, pairs: [] });
});

test("the summary stands on the port of operators, where they have one", async () => {
  const summary: ShadowSummary = {
    shadow: { name: "joint-encoder", share: 0.1 },
    since: "2026-01-01T00:00:00.000Z",
    dropped: 3,
    pairs: [],
  };
  const { http, ops } = await harnessWith({ opsApart: true, shadow: { summary: () => summary } });
  await http.get("/compare/summary").expect(404);
  const { body } = await ops.get("/compare/summary").expect(200);
  expect(body).toEqual(summary);
});
