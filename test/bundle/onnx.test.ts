import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HeaderFault } from "../../src/bundle/cursor.js";
import { checkOnnx } from "../../src/bundle/onnx.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { withCursor } from "./cursors.js";
import { bytes, FLOAT, graph, message, model, node, number, tensor, varint } from "./onnx-bytes.js";

const check = (file: Buffer) => {
  withCursor(file, checkOnnx);
};
const withTensor = (one: Buffer) => model(graph(bytes(5, one)));
/** A constant: a tensor in a node. */
const withConstant = (one: Buffer) => model(graph(bytes(1, node("Constant", bytes(5, one)))));
const shaped = (shape: (bigint | number)[], ...parts: Buffer[]) =>
  Buffer.concat([...shape.map((length) => number(1, length)), ...parts]);

/** Graphs in nodes of graphs. */
function nested(depth: number): Buffer {
  return depth === 0 ? graph() : graph(bytes(1, node("If", bytes(6, nested(depth - 1)))));
}

test.each([
  "test/fixtures/roberta-small/intent.onnx",
  "test/fixtures/roberta-small-int8/slots.onnx",
  "models/onepass-en/decoder.int8.onnx",
  "models/dual-en/intent-topic.int8.onnx",
  "models/joint-en/intent-slots-topic.int8.onnx",
  "models/onepass-clinc-en/intent.int8.onnx",
])("%s passes", (path) => {
  check(readFileSync(join(PACKAGE_ROOT, path)));
});

const floats = Buffer.alloc(24);
const six = Buffer.concat(Array.from({ length: 6 }, () => varint(300)));
test.each<[string, Buffer]>([
  ["raw bytes", tensor()],
  ["packed floats", tensor(bytes(4, floats))],
  [
    "floats one by one",
    tensor(...Array.from({ length: 6 }, () => Buffer.concat([varint(4 * 8 + 5), Buffer.alloc(4)]))),
  ],
  ["packed varints", shaped([6], number(2, 7), bytes(7, six))],
  ["varints one by one", shaped([2], number(2, 6), number(5, -1), number(5, 7))],
  ["two numbers of 4 bits in a byte", shaped([3], number(2, 22), bytes(9, Buffer.alloc(2)))],
  ["strings", shaped([2], number(2, 8), bytes(6, "a"), bytes(6, ""))],
  ["nothing, as its shape says", shaped([0, 5], number(2, FLOAT))],
  ["one number without a shape", shaped([], number(2, FLOAT), bytes(9, Buffer.alloc(4)))],
  ["a packed shape", Buffer.concat([bytes(1, Buffer.from([2, 3])), number(2, FLOAT), bytes(9, floats)])],
  ["a place that is said to be here", tensor(bytes(9, floats), number(14, 0))],
])("a tensor of %s passes, in a graph and in a node", (_name, one) => {
  check(withTensor(one));
  check(withConstant(one));
});

test.each<[string, Buffer, string]>([
  ["data in another file", tensor(bytes(13, bytes(1, "location")), number(14, 1)), "another file"],
  ["data elsewhere, wherever", tensor(bytes(9, floats), number(14, 1)), "elsewhere"],
  ["the name of another file alone", tensor(bytes(9, floats), bytes(13, "")), "another file"],
  ["fewer bytes than its shape", tensor(bytes(9, Buffer.alloc(23))), "23 bytes, not 24"],
  ["more bytes than its shape", tensor(bytes(9, Buffer.alloc(28))), "28 bytes, not 24"],
  ["no data", shaped([2, 3], number(2, FLOAT)), "0 numbers, not 6"],
  ["a huge shape and no data", shaped([2 ** 20, 2 ** 20], number(2, FLOAT)), "numbers, not"],
  ["a shape that wraps around to nothing", shaped([2n ** 32n, 2n ** 32n], number(2, FLOAT)), "larger than any file"],
  ["a shape whose bytes wrap around", shaped([2n ** 52n], number(2, 11)), "larger than any file"],
  ["a negative dimension", shaped([-1], number(2, FLOAT), bytes(9, floats)), "negative"],
  ["40 dimensions", shaped(Array<number>(40).fill(1), number(2, FLOAT)), "32 dimensions"],
  ["an unknown type", shaped([1], number(2, 99), bytes(9, Buffer.alloc(4))), "unknown type 99"],
  ["no type", shaped([1], bytes(9, Buffer.alloc(4))), "unknown type 0"],
  ["data twice", tensor(bytes(9, floats), bytes(4, floats)), "two kinds"],
  ["too few strings", shaped([2], number(2, 8), bytes(6, "a")), "1 of 2 strings"],
  ["strings where numbers belong", tensor(bytes(9, floats), bytes(6, "a")), "two kinds"],
  ["a part of itself in another segment", tensor(bytes(3, ""), bytes(9, floats)), "segments"],
  ["a number cut in two", tensor(bytes(4, Buffer.alloc(23))), "middle"],
])("a tensor with %s is refused, in a graph and in a node", (_name, one, message) => {
  for (const file of [withTensor(one), withConstant(one)]) {
    expect(() => {
      check(file);
    }).toThrow(HeaderFault);
    expect(() => {
      check(file);
    }).toThrow(message);
  }
});

test("a sparse tensor is looked into", () => {
  const hidden = tensor(bytes(13, ""));
  expect(() => {
    check(model(graph(message(15, bytes(1, hidden)))));
  }).toThrow("another file");
});

test.each<[string, Buffer, string]>([
  ["nothing", Buffer.alloc(0), "no graph"],
  ["no graph", Buffer.concat([number(1, 8)]), "no graph"],
  ["a graph that is a number", Buffer.concat([number(7, 1)]), "no message"],
  ["text", Buffer.from("<!doctype html><title>404</title>"), "protobuf lacks"],
  ["a length beyond the file", Buffer.concat([varint(7 * 8 + 2), varint(2 ** 40)]), "what holds it"],
  ["a length without bounds", Buffer.concat([varint(7 * 8 + 2), varint(-1)]), "without bounds"],
  ["a part longer than what holds it", model(graph(bytes(5, tensor(), 100_000))), "what holds it"],
  ["the field number 0", Buffer.from([0x02, 0x00]), "without a number"],
  ["a group, which protobuf has given up", Buffer.from([0x0b, 0x0c]), "protobuf lacks"],
  ["a varint without end", Buffer.alloc(20, 0xff), "ten bytes"],
  ["graphs in each other without end", model(nested(9)), "in each other"],
  ["parts for training", model(graph(), bytes(20, "")), "training"],
  ["functions of its own", model(graph(), bytes(25, "")), "functions"],
  ["a node that opens other files", model(graph(bytes(1, node("EPContext")))), "opens other files"],
  ["more nodes than bounds", model(graph(...Array<Buffer>(100_001).fill(bytes(1, "")))), "100000 nodes"],
])("a file of %s is refused", (_name, file, message) => {
  expect(() => {
    check(file);
  }).toThrow(HeaderFault);
  expect(() => {
    check(file);
  }).toThrow(message);
});

const withNumber = (name: string, value: bigint | number, ...others: Buffer[]) =>
  model(graph(bytes(1, node("GatherND", Buffer.concat([bytes(1, name), number(3, value), ...others])))));

test.each([0, -1, 7, -1_024, 2 ** 31])("a node may be told %d", (value) => {
  check(withNumber("axis", value));
});

test.each([-(2n ** 63n), -1_025n, -(2n ** 31n), 2n ** 31n + 1n, 2n ** 63n - 1n])(
  "a node that is told %d, which native code may take for a number of things, is refused, whatever else it is told",
  (value) => {
    expect(() => {
      check(withNumber("batch_dims", value));
    }).toThrow(`has a node whose "batch_dims" is ${value}`);
    expect(() => {
      check(withNumber("batch_dims", value, number(3, 0)));
    }).toThrow(HeaderFault);
  },
);

test("a constant may be any number", () => {
  check(withNumber("value_int", -(2n ** 63n)));
});

test("graphs in each other within bounds pass", () => {
  check(model(nested(7)));
});

test("a file that ends anywhere is refused", () => {
  const file = model();
  for (let end = 0; end < file.length; end++)
    expect(() => {
      check(file.subarray(0, end));
    }, `${end}`).toThrow(HeaderFault);
});
