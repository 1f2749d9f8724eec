import { HeaderFault, printable, type FileCursor } from "./cursor.js";
import { checkTensor } from "./onnx-tensor.js";
import { skipField, readFields, type Field } from "./protobuf.js";

/** Graphs inside of nodes (If, Loop), one in the other. */
const MAX_DEPTH = 8;
const MAX_NODES = 100_000;
const MAX_TENSORS = 100_000;
const MAX_TYPE_BYTES = 1_024;
const MAX_NAME_BYTES = 4_096;
/**
 * Axes, counts and sizes of nodes. ONNX Runtime ends the process, or never returns, on some that lie far outside: it makes room for as
 * many dimensions as a `batch_dims` says before it looks at the sign.
 */
const NUMBERS = { least: -1_024n, most: 2n ** 31n };
/** Of a Constant: what it says is a value, and may be anything. */
const ANY_NUMBER = "value_int";
/** Fields of an AttributeProto. */
const NAME = 1;
const INT = 3;

/** The messages of an ONNX file that are looked into, each by the numbers of its fields; what is not named is stepped over. */
const MESSAGES = {
  model: { 7: "graph", 20: "training", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 4: "operator", 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
} as const satisfies Record<string, Readonly<Record<number, string>>>;
type Message = keyof typeof MESSAGES;

/** Operators whose work is in another file or program. */
const FOREIGN = new Set(["EPContext", "PyOp"]);

interface Tally {
  graphs: number;
  nodes: number;
  tensors: number;
}

/**
 * Walks an ONNX file as protobuf writes it: every length lies in what holds it, every tensor has all of its data in the file and none
 * elsewhere, and nothing is nested, counted or set beyond bounds. Weights are stepped over. What passes may still be no valid model.
 * @throws HeaderFault
 */
export function checkOnnx(file: FileCursor): void {
  const tally: Tally = { graphs: 0, nodes: 0, tensors: 0 };
  walk(file, "model", file.size, 0, tally);
  if (tally.graphs === 0) throw new HeaderFault("has no graph");
}

function walk(file: FileCursor, message: Message, end: number, depth: number, tally: Tally): void {
  for (const field of readFields(file, end)) lookInto(file, message, field, depth, tally);
}

function lookInto(file: FileCursor, message: Message, field: Field, depth: number, tally: Tally): void {
  const parts: Readonly<Record<number, string>> = MESSAGES[message];
  const part = parts[field.number];
  if (part === undefined) skipField(file, field);
  else if (field.end === undefined) throw new HeaderFault(`the ${part} of a ${message} is no message`);
  else enter(file, part, { ...field, end: field.end }, depth, tally);
}

function walkAttribute(file: FileCursor, end: number, depth: number, tally: Tally): void {
  let name = "";
  let strange: bigint | undefined;
  for (const field of readFields(file, end)) {
    if (field.number === INT && field.end === undefined) {
      const number = file.int64();
      if (number < NUMBERS.least || number > NUMBERS.most) strange = number;
    } else if (field.number === NAME && field.end !== undefined) {
      name = file.text(field.end - file.position, MAX_NAME_BYTES, "the name of an attribute");
    } else lookInto(file, "attribute", field, depth, tally);
  }
  if (strange !== undefined && name !== ANY_NUMBER)
    throw new HeaderFault(`has a node whose ${printable(name)} is ${strange}`);
}

function enter(file: FileCursor, part: string, { end }: Field & { end: number }, depth: number, tally: Tally): void {
  switch (part) {
    case "tensor":
      if (++tally.tensors > MAX_TENSORS) throw new HeaderFault(`has more than ${MAX_TENSORS} tensors`);
      checkTensor(file, end);
      return;
    case "operator":
      refuseForeign(file.text(end - file.position, MAX_TYPE_BYTES, "the type of a node"));
      return;
    case "training":
      throw new HeaderFault("has parts for training: export it for inference");
    case "function":
      throw new HeaderFault("has functions of its own, which may call each other without end: inline them");
    case "graph":
      tally.graphs++;
      if (depth >= MAX_DEPTH) throw new HeaderFault(`has more than ${MAX_DEPTH} graphs in each other`);
      walk(file, "graph", end, depth + 1, tally);
      return;
    case "node":
      if (++tally.nodes > MAX_NODES) throw new HeaderFault(`has more than ${MAX_NODES} nodes`);
      walk(file, "node", end, depth, tally);
      return;
    case "attribute":
      walkAttribute(file, end, depth, tally);
      return;
    default:
      walk(file, part as Message, end, depth, tally);
  }
}

function refuseForeign(type: string): void {
  if (FOREIGN.has(type)) throw new HeaderFault(`has a node ${printable(type)}, which opens other files`);
}
