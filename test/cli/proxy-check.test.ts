import { expect, test } from "vitest";
import { UsageError } from "../../src/cli/command.js";
import { proxyCheck } from "../../src/cli/proxy-check.js";

test("tries a tiny model with twenty restarts by default", () => {
  expect(proxyCheck.parse([])).toMatchObject({ model: "tiny-prefix", restarts: 20, calmMs: 5_000, clients: 4 });
});

test.each([
  [["--restarts", "0"], "--restarts"],
  [["--clients", "65"], "--clients"],
  [["--calm-seconds", "x"], "--calm-seconds"],
])("%j is refused", (args, message) => {
  expect(() => proxyCheck.parse(args)).toThrow(UsageError);
  expect(() => proxyCheck.parse(args)).toThrow(message);
});
