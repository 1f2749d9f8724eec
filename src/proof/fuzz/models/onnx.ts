import { choose, type Random } from "../../../statistics/random.js";
import { chance, numberLike } from "./bytes.js";

/** A protobuf message taken apart; parts that hold messages of ONNX are trees, so that every length is right again. */
interface Part {
  field: number;
  wire: number;
  value: bigint | Buffer | Part[];
}

/** Of each message the fields that are messages: model, graph, node, attribute, tensor and what describes inputs and outputs. */
const INNER: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: "graph", 8: "opset" },
  graph: { 1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph" },
  value: { 2: "type" },
  type: { 1: "tensor type" },
  "tensor type": { 2: "shape" },
  shape: { 1: "dimension" },
};
const GRAPH = 7;
const NODE = 1;
const TENSOR = 5;
const RAW_DATA = 9;

/** What is changed, by name. */
const CHANGES: Readonly<Record<string, (model: Part[], random: Random) => void>> = {
  "a number": (model, random) => {
    const part = choose(all(model).filter(({ value }) => typeof value === "bigint"), random);
    part.value = numberLike(part.value as bigint, 8, random);
  },
  "a text": (model, random) => {
    const part = choose(all(model).filter(({ value }) => Buffer.isBuffer(value) && value.length > 0 && value.length < 256), random);
    const bytes = Buffer.from(part.value as Buffer);
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    part.value = bytes;
  },
  "a part is gone": (model, random) => {
    const list = choose(lists(model), random);
    list.splice(Math.floor(random() * list.length), 1);
  },
  "a part is there twice": (model, random) => {
    const list = choose(lists(model), random);
    list.push(choose(list, random));
  },
  "two parts change places": (model, random) => {
    const list = choose(lists(model), random);
    const [i, j] = [Math.floor(random() * list.length), Math.floor(random() * list.length)];
    [list[i], list[j]] = [list[j]!, list[i]!];
  },
  "a part of another kind": (model, random) => {
    choose(all(model), random).field = 1 + Math.floor(random() * 25);
  },
  "a node does something else": (model, random) => {
    const nodes = messages(model, GRAPH, NODE);
    const [one, other] = [choose(nodes, random), choose(nodes, random)];
    const type = (node: Part[]) => node.find(({ field }) => field === 4);
    const [from, to] = [type(other), type(one)];
    if (from && to) to.value = from.value;
  },
  "a tensor's data elsewhere": (model, random) => {
    const tensor = choose(messages(model, GRAPH, TENSOR), random);
    const entry = Buffer.concat([Buffer.from([0x0a, 8]), Buffer.from("location"), Buffer.from([0x12, 11]), Buffer.from("/etc/passwd")]);
    const raw = tensor.findIndex(({ field }) => field === RAW_DATA);
    if (raw >= 0) tensor.splice(raw, 1);
    tensor.push({ field: 13, wire: 2, value: entry }, { field: 14, wire: 0, value: 1n });
  },
  "a tensor's data cut": (model, random) => {
    const tensor = choose(messages(model, GRAPH, TENSOR), random);
    const raw = tensor.find(({ field }) => field === RAW_DATA);
    if (raw && Buffer.isBuffer(raw.value)) raw.value = raw.value.subarray(0, Math.floor(random() * raw.value.length));
  },
  "graphs in each other": (model, random) => {
    const depth = chance(0.5, random) ? 4 : 200;
    let inner: Part[] = [];
    for (let i = 0; i < depth; i++) {
      const attribute = [{ field: 6, wire: 2, value: inner }];
      const node = [
        { field: 4, wire: 2, value: Buffer.from("If") },
        { field: 5, wire: 2, value: attribute },
      ];
      inner = [{ field: NODE, wire: 2, value: node }];
    }
    choose(messages(model, GRAPH), random).push(...inner);
  },
};

export function mutateOnnx(file: Buffer, random: Random): { bytes: Buffer; change: string } {
  const model = takeApart(file, "model");
  const change = choose(Object.keys(CHANGES), random);
  CHANGES[change]!(model, random);
  return { bytes: putTogether(model), change };
}

function takeApart(bytes: Buffer, message: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, wire] = [tag >> 3, tag & 7];
    if (wire === 0) parts.push({ field, wire, value: varint() });
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
      const value = bytes.subarray(at, (at += length));
      const inner = wire === 2 ? INNER[message]?.[field] : undefined;
      parts.push({ field, wire, value: inner === undefined ? value : takeApart(value, inner) });
    }
  }
  return parts;
}

function putTogether(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap(({ field, wire, value }) => {
      const tag = varintBytes(BigInt(field * 8 + wire));
      if (typeof value === "bigint") return [tag, varintBytes(value)];
      const content = Buffer.isBuffer(value) ? value : putTogether(value);
      return wire === 2 ? [tag, varintBytes(BigInt(content.length)), content] : [tag, content];
    }),
  );
}

function varintBytes(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** Every part of a tree. */
function all(parts: Part[]): Part[] {
  return parts.flatMap((part) => [part, ...(Array.isArray(part.value) ? all(part.value) : [])]);
}

/** Every message of a tree that has parts. */
function lists(parts: Part[]): Part[][] {
  return [parts, ...all(parts).flatMap(({ value }) => (Array.isArray(value) && value.length > 0 ? [value] : []))];
}

/** The messages at the end of a path of fields. */
function messages(parts: Part[], ...path: number[]): Part[][] {
  return path.reduce<Part[][]>(
    (lists, field) =>
      lists.flatMap((list) => list.flatMap((part) => (part.field === field && Array.isArray(part.value) ? [part.value] : []))),
    [parts],
  );
}
