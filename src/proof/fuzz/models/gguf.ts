import { choose, type Random } from "../../../statistics/random.js";
import { chance, numberLike } from "./bytes.js";

/** A GGUF taken apart, so that it can be put together again with one part changed and all others in their place. */
interface Parts {
  version: number;
  values: { key: Buffer; type: number; value: Buffer }[];
  tensors: { name: Buffer; shape: bigint[]; type: number; offset: bigint }[];
  weights: Buffer;
}

const STRING = 8;
const ARRAY = 9;
const UINT32 = 4;
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const ALIGNMENT = 32;

/** What is changed, by name. Each works on a copy. */
const CHANGES: Readonly<Record<string, (parts: Parts, random: Random) => void>> = {
  version: (parts, random) => (parts.version = Number(numberLike(BigInt(parts.version), 4, random))),
  "a number of the model": ({ values }, random) => {
    const value = choose(values.filter(({ type }) => type === UINT32), random);
    value.value.writeUInt32LE(Number(numberLike(BigInt(value.value.readUInt32LE()), 4, random)));
  },
  "any value": ({ values }, random) => {
    const { value } = choose(values, random);
    value[Math.floor(random() * Math.min(value.length, 64))] = Math.floor(random() * 256);
  },
  "the type of a value": ({ values }, random) => (choose(values, random).type = Math.floor(random() * 14)),
  "the length of an array": ({ values }, random) => {
    const { value } = choose(values.filter(({ type }) => type === ARRAY), random);
    value.writeBigUInt64LE(numberLike(value.readBigUInt64LE(4), 8, random), 4);
  },
  "a value is gone": ({ values }, random) => void values.splice(Math.floor(random() * values.length), 1),
  "a value is there twice": ({ values }, random) => void values.push(choose(values, random)),
  "a key by another name": ({ values }, random) => {
    const { key } = choose(values, random);
    key[Math.floor(random() * key.length)] = Math.floor(random() * 256);
  },
  "two values change places": ({ values }, random) => {
    const [one, other] = [choose(values, random), choose(values, random)];
    [one.type, one.value, other.type, other.value] = [other.type, other.value, one.type, one.value];
  },
  "a tensor's dimension": ({ tensors }, random) => {
    const { shape } = choose(tensors, random);
    const at = Math.floor(random() * shape.length);
    shape[at] = numberLike(shape[at]!, 8, random);
  },
  "a tensor's dimensions turned": ({ tensors }, random) => void choose(tensors, random).shape.reverse(),
  "one more dimension": ({ tensors }, random) => void choose(tensors, random).shape.push(chance(0.5, random) ? 1n : 2n),
  "a tensor's type": ({ tensors }, random) => (choose(tensors, random).type = Math.floor(random() * 42)),
  "a tensor's offset": ({ tensors }, random) => {
    const tensor = choose(tensors, random);
    tensor.offset = numberLike(tensor.offset, 8, random);
  },
  "a tensor's name": ({ tensors }, random) => {
    const { name } = choose(tensors, random);
    name[Math.floor(random() * name.length)] = Math.floor(random() * 256);
  },
  "two tensors change names": ({ tensors }, random) => {
    const [one, other] = [choose(tensors, random), choose(tensors, random)];
    [one.name, other.name] = [other.name, one.name];
  },
  "a tensor is gone, and those behind it move up": (parts, random) => {
    parts.tensors.splice(Math.floor(random() * parts.tensors.length), 1);
  },
  "a tensor in fewer bits, all offsets right": (parts, random) => {
    const at = Math.floor(random() * parts.tensors.length);
    const { shape, offset } = parts.tensors[at]!;
    parts.tensors[at]!.type = 1;
    const before = shape.reduce((product, length) => product * length, 4n);
    const saved = pad(before) - pad(before / 2n);
    for (const later of parts.tensors.slice(at + 1)) if (later.offset > offset) later.offset -= saved;
  },
  "fewer weights": (parts, random) => (parts.weights = parts.weights.subarray(0, Math.floor(random() * parts.weights.length))),
};

export function mutateGguf(file: Buffer, random: Random): { bytes: Buffer; change: string } {
  const parts = takeApart(Buffer.from(file));
  const change = choose(Object.keys(CHANGES), random);
  CHANGES[change]!(parts, random);
  return { bytes: putTogether(parts), change };
}

/** Bytes in front of the weights. */
export function ggufHeaderBytes(file: Buffer): number {
  return file.length - takeApart(file).weights.length;
}

function takeApart(file: Buffer): Parts {
  let at = 4;
  const u32 = () => file.readUInt32LE((at += 4) - 4);
  const u64 = () => file.readBigUInt64LE((at += 8) - 8);
  const string = () => {
    const length = Number(u64());
    at += length;
    return file.subarray(at - length, at);
  };
  const version = u32();
  const tensorCount = Number(u64());
  const valueCount = Number(u64());
  const skip = (type: number): void => {
    if (type === STRING) string();
    else if (type !== ARRAY) at += SIZES[type]!;
    else {
      const inner = u32();
      for (let left = u64(); left > 0n; left--) skip(inner);
    }
  };
  const values = Array.from({ length: valueCount }, () => {
    const key = string();
    const type = u32();
    const begin = at;
    skip(type);
    return { key, type, value: file.subarray(begin, at) };
  });
  const tensors = Array.from({ length: tensorCount }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  return { version, values, tensors, weights: file.subarray(Math.ceil(at / ALIGNMENT) * ALIGNMENT) };
}

function putTogether({ version, values, tensors, weights }: Parts): Buffer {
  const u32 = (value: number) => number(BigInt(value), 4);
  const u64 = (value: bigint | number) => number(BigInt(value), 8);
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    u32(version),
    u64(tensors.length),
    u64(values.length),
    ...values.flatMap(({ key, type, value }) => [u64(key.length), key, u32(type), value]),
    ...tensors.flatMap(({ name, shape, type, offset }) => [
      u64(name.length),
      name,
      u32(shape.length),
      ...shape.map(u64),
      u32(type),
      u64(offset),
    ]),
  ]);
  return Buffer.concat([head, Buffer.alloc(-head.length & (ALIGNMENT - 1)), weights]);
}

function number(value: bigint, bytes: 4 | 8): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt.asUintN(64, value));
  return buffer.subarray(0, bytes);
}

function pad(bytes: bigint): bigint {
  return ((bytes + 31n) / 32n) * 32n;
}
