import { expect, test } from "vitest";
import { latency } from "../../src/cli/latency.js";
import { ApiServer } from "./api-server.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

test("a server's times are told as percentiles, without the warm-up", async () => {
  await using server = await ApiServer.start();
  const io = fakeIo();
  expect(await latency.run(["--url", server.url, "--requests", "20", "--engine", "generate"], io)).toBe(0);
  expect(io.told.stdout).toMatch(/^fake@1\.0\.0, 9 prompt tokens, 20 requests\nms +min +p50 +p95 +p99\nhttp /);
  expect(io.told.stdout).toMatch(/\ninference +3\.20 +3\.20 +3\.20 +3\.20\nserver +0\.80/);
  expect(server.calls).toHaveLength(50);
  expect(server.calls[0]?.body).toMatchObject({ engine: "generate", tasks: ["intent", "slots", "topic"] });
});

test("the binary says when nobody answers", async () => {
  expect(await onepass(["latency", "--url", "http://127.0.0.1:9"])).toMatchObject({ code: 1 });
});
