/** A field of a protobuf message. */
export type Part = Buffer;

export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export const number = (field: number, value: bigint | number): Part =>
  Buffer.concat([varint(field * 8), varint(value)]);
/** A message, a text, bytes. length: instead of the true one. */
export function bytes(field: number, value: Buffer | string, length?: number): Part {
  const content = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(length ?? content.length), content]);
}
export const message = (field: number, ...parts: Part[]): Part => bytes(field, Buffer.concat(parts));

export const FLOAT = 1;
const RAW = 9;

/** A tensor [2, 3] of floats; parts after the shape are replaced. */
export const tensor = (...data: Part[]): Buffer =>
  Buffer.concat([
    number(1, 2),
    number(1, 3),
    number(2, FLOAT),
    bytes(8, "weights"),
    ...(data.length > 0 ? data : [bytes(RAW, Buffer.alloc(24))]),
  ]);
export const node = (type: string, ...attributes: Buffer[]): Buffer =>
  Buffer.concat([bytes(1, "x"), bytes(2, "y"), bytes(4, type), ...attributes.map((one) => bytes(5, one))]);
/** A graph of one node and one tensor, or of other parts. */
export const graph = (...parts: Part[]): Buffer =>
  Buffer.concat(parts.length > 0 ? parts : [bytes(1, node("Identity")), bytes(5, tensor())]);
export const model = (inner: Buffer = graph(), ...others: Part[]): Buffer =>
  Buffer.concat([number(1, 8), bytes(2, "tests"), ...others, bytes(7, inner)]);
