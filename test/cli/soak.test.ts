import { expect, test } from "vitest";
import { UsageError } from "../../src/cli/command.js";
import { soak } from "../../src/cli/soak.js";

test("soaks every engine with 100,000 texts by default", () => {
  const options = soak.parse([]);
  expect(options).toMatchObject({ texts: 100_000, clients: 2, seed: 1 });
  const labels = options === "help" ? [] : options.targets.map(({ label }) => label);
  expect(labels).toEqual(["single-pass", "dual-encoder", "joint-encoder", "generate"]);
});

test("takes what is given", () => {
  expect(soak.parse(["--targets", "single-pass:mine", "--minutes", "2.5", "--texts", "500"])).toMatchObject({
    targets: [{ engine: "single-pass", model: "mine" }],
    minutes: 2.5,
    texts: 500,
  });
});

test.each([
  [["--texts", "1"], "--texts"],
  [["--targets", "magic"], "magic"],
  [["--minutes", "0"], "--minutes"],
])("%j is refused", (args, message) => {
  expect(() => soak.parse(args)).toThrow(message);
  expect(() => soak.parse(["--texts", "1"])).toThrow(UsageError);
});
