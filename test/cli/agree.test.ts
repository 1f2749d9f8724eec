import { expect, test } from "vitest";
import { agree } from "../../src/cli/agree.js";

const data = ["--data", "a.jsonl"];

test("one bundle on two runtimes, or two bundles", () => {
  expect(agree.parse(["--bundle", "models/a", "--runtimes", "onnx,llama", ...data])).toEqual({
    bundle: "models/a",
    against: "models/a",
    runtimes: ["onnx", "llama"],
    data: ["a.jsonl"],
  });
  expect(agree.parse(["--bundle", "models/a", "--against", "models/b", ...data])).toMatchObject({
    against: "models/b",
    runtimes: ["auto", "auto"],
  });
});

test.each([
  ["a bundle with itself", ["--bundle", "models/a"], /--against or --runtimes/],
  ["three runtimes", ["--bundle", "models/a", "--runtimes", "onnx,llama,auto"], /takes one or two/],
  ["an unknown runtime", ["--bundle", "models/a", "--runtimes", "onnx,tpu"], /tpu/],
])("%s is refused", (_name, args, message) => {
  expect(() => agree.parse([...args, ...data])).toThrow(message);
});
