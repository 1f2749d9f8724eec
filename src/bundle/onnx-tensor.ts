import { HeaderFault, printable, type FileCursor } from "./cursor.js";
import { readFields, skipField, WIRE, type Field } from "./protobuf.js";

/** Fields of a TensorProto. */
const DIMS = 1;
const DATA_TYPE = 2;
const SEGMENT = 3;
const NAME = 8;
const RAW_DATA = 9;
const STRING_DATA = 6;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
/** Fields that hold numbers, and the bytes of each where these are fixed. */
const NUMBERS: Readonly<Record<number, number | undefined>> = {
  4: 4,
  5: undefined,
  7: undefined,
  10: 8,
  11: undefined,
};

/** Bits of an element by its type; for strings none. */
const BITS: Readonly<Record<number, number>> = {
  ...{ 1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16 },
  ...{ 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8 },
};
const STRING = 8;
const COMPLEX = new Set([14, 15]);
const MAX_DIMENSIONS = 32;
const MAX_NAME_BYTES = 4_096;

interface Found {
  name: string;
  type: number;
  readonly shape: number[];
  raw: number | undefined;
  numbers: number;
  strings: number;
}

/**
 * A tensor whose value ends at `end`: it has as much data as its shape says, all of it here. A tiny file can so ask for no more memory
 * than it is large. @throws HeaderFault
 */
export function checkTensor(file: FileCursor, end: number): void {
  const found: Found = { name: "", type: 0, shape: [], raw: undefined, numbers: 0, strings: 0 };
  for (const field of readFields(file, end)) readPart(file, field, found);
  const { name, type, shape, raw, numbers, strings } = found;
  const what = `the tensor ${printable(name)}`;
  const size = shape.reduce((product, length) => {
    if (product * length > Number.MAX_SAFE_INTEGER / 128) throw new HeaderFault(`${what} is larger than any file`);
    return product * length;
  }, 1);
  if (type === STRING) {
    if (raw !== undefined || numbers > 0 || strings !== size)
      throw new HeaderFault(`${what} has ${strings} of ${size} strings`);
    return;
  }
  const bits = BITS[type];
  if (bits === undefined) throw new HeaderFault(`${what} is of the unknown type ${type}`);
  const bytes = Math.ceil((size * bits) / 8);
  const counted = COMPLEX.has(type) ? 2 * size : bits === 4 ? Math.ceil(size / 2) : size;
  if (strings > 0 || (raw !== undefined && numbers > 0)) throw new HeaderFault(`${what} has data of two kinds`);
  if (raw === undefined ? numbers !== counted : raw !== bytes) {
    const has = raw === undefined ? `${numbers} numbers, not ${counted}` : `${raw} bytes, not ${bytes}`;
    throw new HeaderFault(`${what} of the shape [${shape.join(", ")}] has ${has}`);
  }
}

function readPart(file: FileCursor, field: Field, found: Found): void {
  const { number, wire, end } = field;
  switch (number) {
    case DIMS:
      readShape(file, field, found.shape);
      return;
    case DATA_TYPE:
      if (end !== undefined) throw new HeaderFault("the type of a tensor is no number");
      found.type = file.varint() ?? 0;
      return;
    case DATA_LOCATION:
      if (end !== undefined || file.varint() !== 0) throw new HeaderFault("a tensor says that its data is elsewhere");
      return;
    case EXTERNAL_DATA:
      throw new HeaderFault("a tensor has its data in another file: save the model as one");
    case SEGMENT:
      throw new HeaderFault("a tensor is one of several segments");
    case NAME:
      if (wire !== WIRE.bytes || end === undefined) throw new HeaderFault("the name of a tensor is no text");
      found.name = file.text(end - file.position, MAX_NAME_BYTES, "the name of a tensor");
      return;
    case RAW_DATA:
      if (wire !== WIRE.bytes || end === undefined) throw new HeaderFault("the data of a tensor are no bytes");
      found.raw = end - file.position; // the last one counts, as for every field that is no list
      break;
    case STRING_DATA:
      if (wire !== WIRE.bytes) throw new HeaderFault("a string of a tensor is none");
      found.strings++;
      break;
    default:
      if (number in NUMBERS) {
        found.numbers += countNumbers(file, field, NUMBERS[number]);
        return;
      }
  }
  skipField(file, field);
}

/** One number, or several packed. */
function readShape(file: FileCursor, { end }: Field, shape: number[]): void {
  do {
    const length = file.varint();
    if (length === undefined) throw new HeaderFault("a tensor has a negative dimension, or one without bounds");
    if (shape.push(length) > MAX_DIMENSIONS)
      throw new HeaderFault(`a tensor has more than ${MAX_DIMENSIONS} dimensions`);
  } while (end !== undefined && file.position < end);
}

/** bytes: of a number, undefined for varints. */
function countNumbers(file: FileCursor, field: Field, bytes: number | undefined): number {
  const { wire, end } = field;
  if (end === undefined) {
    file.varint();
    return 1;
  }
  const length = end - file.position;
  if (bytes !== undefined) {
    skipField(file, field);
    if (length % bytes !== 0) throw new HeaderFault("the numbers of a tensor end in the middle of one");
    return length / bytes;
  }
  if (wire !== WIRE.bytes) throw new HeaderFault("the numbers of a tensor are of another kind");
  let count = 0;
  for (; file.position < end; count++) file.varint();
  return count;
}
