import { choose, type Random } from "../../../statistics/random.js";

export function chance(probability: number, random: Random): boolean {
  return random() < probability;
}

/** A number in place of another, of so many bytes: its neighbours, and those at which widths and signs end. */
export function numberLike(value: bigint, bytes: 4 | 8, random: Random): bigint {
  const edges = [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
  const near = [value + 1n, value - 1n, value * 2n, value / 2n, value + 32n, value * 1000n];
  return BigInt.asUintN(8 * bytes, choose(chance(0.5, random) ? near : edges, random));
}

type Change = (bytes: Buffer, at: number, length: number, random: Random) => Buffer;

/** Changes that know nothing of a format, where `at` and a length of up to 64 bytes lie in its header. */
const CHANGES: Readonly<Record<string, Change>> = {
  "a byte": (bytes, at, _length, random) => {
    const copy = Buffer.from(bytes);
    copy[at] = Math.floor(random() * 256);
    return copy;
  },
  "a bit": (bytes, at, _length, random) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1 << Math.floor(random() * 8);
    return copy;
  },
  "bytes twice": (bytes, at, length) => Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]),
  "bytes gone": (bytes, at, length) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
  "bytes all ones": (bytes, at, length) => Buffer.from(bytes).fill(0xff, at, at + length),
  "bytes all zeros": (bytes, at, length) => Buffer.from(bytes).fill(0, at, at + length),
  "the file ends": (bytes, at) => Buffer.from(bytes.subarray(0, at)),
  "more behind the end": (bytes, at, length) => Buffer.concat([bytes, bytes.subarray(at, at + length)]),
};

const LONGEST = 64;

/** headerBytes: the part that is changed. */
export function mutateBytes(bytes: Buffer, headerBytes: number, random: Random): { bytes: Buffer; change: string } {
  const change = choose(Object.keys(CHANGES), random);
  const at = Math.floor(random() * headerBytes);
  const length = 1 + Math.floor(random() * LONGEST);
  return { bytes: CHANGES[change]!(bytes, at, length, random), change };
}
