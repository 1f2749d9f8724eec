import { HeaderFault, type FileCursor } from "./cursor.js";

/** A field of a message; the cursor stands at its value. */
export interface Field {
  readonly number: number;
  /** Of the file, where the value ends; undefined for a varint. */
  readonly end: number | undefined;
  /** Of `WIRE`. */
  readonly wire: number;
}

/** How a value is written. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const FIXED: Readonly<Record<number, number>> = { [WIRE.fixed64]: 8, [WIRE.fixed32]: 4 };

/** The fields of a message that ends at `end`, in the order of the file. Whoever asks steps over each value. @throws HeaderFault */
export function* readFields(file: FileCursor, end: number): Generator<Field> {
  while (file.position < end) {
    const tag = file.varint();
    if (tag === undefined || tag >= 2 ** 32 || tag < 8) throw new HeaderFault("has a field without a number");
    const field = { number: Math.floor(tag / 8), wire: tag % 8 };
    yield { ...field, end: endOf(file, field.wire) };
    if (file.position > end) throw new HeaderFault("has a message that ends inside of a field");
  }

  function endOf(file: FileCursor, wire: number): number | undefined {
    if (wire === WIRE.varint) return undefined;
    const length = wire === WIRE.bytes ? file.varint() : FIXED[wire];
    if (length === undefined)
      throw new HeaderFault("has a field of a kind that protobuf lacks, or of a length without bounds");
    if (length > end - file.position)
      throw new HeaderFault(`a field has ${length} bytes, what holds it ${end - file.position}`);
    return file.position + length;
  }
}

export function skipField(file: FileCursor, { end }: Field): void {
  if (end === undefined) file.varint();
  else file.skip(end - file.position, "a field");
}
