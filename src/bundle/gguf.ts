import { HeaderFault, printable, type FileCursor } from "./cursor.js";
import { checkHyperparameters, type Metadata, type MetadataValue } from "./gguf-model.js";
import { checkTensorTable } from "./gguf-tensors.js";

const MAGIC = 0x46554747; // "GGUF", little-endian
const VERSIONS = [2, 3];
const MAX_VALUES = 65_536;
const MAX_KEY_BYTES = 65_535;
/** A name longer than this is looked at by nobody: only its length is checked. */
const MAX_TEXT_BYTES = 1_024;
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value by its type; a string or an array has at least the bytes of its length. */
const SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  8: 8,
  9: 12,
  10: 8,
  11: 8,
  12: 8,
};
const UINT32 = 4;
const INT32 = 5;

/**
 * Holds the header of a GGUF to its file: every count, length, type and offset, and the figures that llama.cpp divides by or allocates
 * for. What passes may still be no model, but has nothing outside of its bounds. The weights are not read.
 * @throws HeaderFault
 */
export function checkGguf(file: FileCursor): void {
  if (file.u32() !== MAGIC) throw new HeaderFault("is no GGUF: it does not begin with the letters");
  const version = file.u32();
  if (!VERSIONS.includes(version)) throw new HeaderFault(`has GGUF version ${version}, not ${VERSIONS.join(" or ")}`);
  const tensors = file.u64("the number of tensors");
  const metadata = readMetadata(file);
  checkHyperparameters(metadata);
  checkTensorTable(file, tensors, metadata.get("general.alignment"));
}

function readMetadata(file: FileCursor): Metadata {
  const count = file.u64("the number of values");
  if (count > MAX_VALUES) throw new HeaderFault(`has ${count} values, the most is ${MAX_VALUES}`);
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < count; i++) {
    const key = file.text(file.u64("the length of a key"), MAX_KEY_BYTES, "a key");
    if (key === "") throw new HeaderFault("has a value without a key");
    if (metadata.has(key)) throw new HeaderFault(`has the key ${printable(key)} twice`);
    metadata.set(key, readValue(file, file.u32(), key));
  }
  return metadata;
}

function readValue(file: FileCursor, type: number, key: string): MetadataValue {
  const what = printable(key);
  if (type === ARRAY) return readArray(file, what);
  if (type === STRING) return readString(file, what);
  const size = SIZES[type];
  if (size === undefined) throw new HeaderFault(`${what} is of the unknown type ${type}`);
  if (type === UINT32) return file.u32();
  if (type === INT32) return file.i32();
  file.skip(size, what);
  return undefined;
}

function readArray(file: FileCursor, what: string): MetadataValue {
  const type = file.u32();
  const count = file.u64(`the length of ${what}`);
  const size = SIZES[type];
  if (size === undefined || type === ARRAY) throw new HeaderFault(`${what} is an array of the type ${type}`);
  if (count > file.left / size) throw new HeaderFault(`${what} has ${count} members, more than the file holds`);
  if (type !== STRING) file.skip(count * size, what);
  else for (let i = 0; i < count; i++) file.skip(file.u64(`the length of a string of ${what}`), `a string of ${what}`);
  return { type, count };
}

function readString(file: FileCursor, what: string): string | undefined {
  const bytes = file.u64(`the length of ${what}`);
  if (bytes <= MAX_TEXT_BYTES) return file.text(bytes, MAX_TEXT_BYTES, what);
  file.skip(bytes, what);
  return undefined;
}
