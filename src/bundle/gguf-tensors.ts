import { HeaderFault, printable, type FileCursor } from "./cursor.js";
import type { MetadataValue } from "./gguf-model.js";

/** Weights in a block and bytes of a block, by the number of the type: ggml's table. */
const TYPES: Readonly<Record<number, readonly [weights: number, bytes: number]>> = {
  ...{ 0: [1, 4], 1: [1, 2], 30: [1, 2] }, // F32, F16, BF16; whole numbers are no weights: multiplying by them ends the process
  ...{ 2: [32, 18], 3: [32, 20], 6: [32, 22], 7: [32, 24], 8: [32, 34], 9: [32, 40] }, // Q4_0 … Q8_1
  ...{ 10: [256, 84], 11: [256, 110], 12: [256, 144], 13: [256, 176], 14: [256, 210], 15: [256, 292] }, // Q2_K … Q8_K
  ...{ 16: [256, 66], 17: [256, 74], 18: [256, 98], 19: [256, 50], 20: [32, 18], 21: [256, 110] }, // IQ2_XXS … IQ3_S
  ...{ 22: [256, 82], 23: [256, 136], 29: [256, 56], 34: [256, 54], 35: [256, 66], 39: [32, 17] }, // … MXFP4
};
const MAX_TENSORS = 65_536;
const MAX_NAME_BYTES = 63;
const MAX_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 65_536;

/**
 * The table of tensors, at which `file` stands: they follow each other without gap or overlap, as llama.cpp demands, and end with the file.
 * @throws HeaderFault
 */
export function checkTensorTable(file: FileCursor, count: number, alignment: MetadataValue = DEFAULT_ALIGNMENT): void {
  if (count < 1 || count > MAX_TENSORS) throw new HeaderFault(`has ${count} tensors, not 1 to ${MAX_TENSORS}`);
  if (typeof alignment !== "number" || alignment > MAX_ALIGNMENT || !Number.isInteger(Math.log2(alignment))) {
    throw new HeaderFault("general.alignment is no power of two");
  }
  const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment;
  const names = new Set<string>();
  let end = 0; // of the tensors so far, from where the weights begin
  let needed = 0; // the same, without the padding of the last
  for (let i = 0; i < count; i++) {
    const { name, bytes, offset } = readTensor(file);
    if (names.has(name)) throw new HeaderFault(`has the tensor ${printable(name)} twice`);
    names.add(name);
    if (offset !== end) throw new HeaderFault(`the tensor ${printable(name)} begins at ${offset}, not at ${end}`);
    needed = end + bytes;
    end += padded(bytes);
    if (needed > file.size) throw new HeaderFault(`the tensor ${printable(name)} ends behind the file`);
  }
  const begin = padded(file.position);
  if (begin + needed > file.size)
    throw new HeaderFault(`its weights end at ${begin + needed}, and the file at ${file.size}`);
}

function readTensor(file: FileCursor): { name: string; bytes: number; offset: number } {
  const name = file.text(file.u64("the length of a tensor's name"), MAX_NAME_BYTES, "a tensor's name");
  const what = `the tensor ${printable(name)}`;
  const dimensions = file.u32();
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) throw new HeaderFault(`${what} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => file.u64(`a dimension of ${what}`));
  const type = TYPES[file.u32()];
  if (!type) throw new HeaderFault(`${what} is of an unknown type`);
  const [weights, bytes] = type;
  // Each product is looked at before the next: what is beyond a double's whole numbers is far beyond the file.
  const size = shape.reduce((product, length) => {
    if (length < 1 || product * length > file.size * weights) throw new HeaderFault(`${what} is larger than the file`);
    return product * length;
  }, 1);
  if (shape[0]! % weights !== 0)
    throw new HeaderFault(`${what} has rows of ${shape[0]!} weights, in blocks of ${weights}`);
  return { name, bytes: (size / weights) * bytes, offset: file.u64(`the offset of ${what}`) };
}
