import { describe, expect, test } from "vitest";
import { deserialize, serialize } from "node:v8";
import { BundleError, EngineError, OnepassError, TextTooLongError } from "../../src/errors.js";
import { packError, unpackError, type PackedError } from "../../src/workers/packed-error.js";

/** As it travels between processes. */
const travelled = (error: unknown) => unpackError(deserialize(serialize(packError(error))) as PackedError);

describe("an error that callers can meet is the same on the other side", () => {
  test.each([
    new TextTooLongError(900, 125, "Shorten it.", "texts[3]"),
    new EngineError("generate", new RangeError("no such token")),
    new BundleError("mine@1.0.0", "model.onnx: has no input", new Error("has no input")),
    new OnepassError("not_ready", 503, "Later."),
  ])("%s", (error) => {
    const found = travelled(error);
    expect(found).toBeInstanceOf(error.constructor);
    expect(found).toEqual(error);
    expect(found).toMatchObject({ ...error, name: error.name, stack: error.stack });
  });
});

test("causes travel along", () => {
  const found = travelled(new EngineError("generate", new TypeError("bad", { cause: new Error("root") })));
  expect(found.cause).toMatchObject({ name: "TypeError", message: "bad", cause: { message: "root" } });
});

test("what is thrown and is no error becomes one", () => {
  expect(travelled("out of paper")).toMatchObject({ message: "out of paper" });
  expect(travelled(undefined)).toBeInstanceOf(Error);
});

test("a name that is no class of ours is not looked up", () => {
  const found = travelled(Object.assign(new OnepassError("internal", 500, "odd"), { name: "ERROR_CODES" }));
  expect(found).toBeInstanceOf(OnepassError);
  expect(travelled(Object.assign(new OnepassError("internal", 500, "odd"), { name: "__proto__" }))).toBeInstanceOf(
    OnepassError,
  );
});
