import { readSync } from "node:fs";

/** Why the header of a model file must not reach a native reader. */
export class HeaderFault extends Error {}

const WINDOW_BYTES = 65_536;

/**
 * Reads a binary file from its beginning to its end without holding it: what is skipped is never read. Every length is measured
 * against the file before it is believed. Synchronous, since headers are small and their file has just been hashed.
 */
export class FileCursor {
  readonly #window = Buffer.allocUnsafe(WINDOW_BYTES);
  /** Of the file, where the window begins and ends. */
  #start = 0;
  #end = 0;
  #position = 0;

  constructor(
    private readonly fd: number,
    readonly size: number,
  ) {}

  get position(): number {
    return this.#position;
  }

  /** Bytes of the file that are left. */
  get left(): number {
    return this.size - this.#position;
  }

  u8(): number {
    return this.#window[this.#take(1)]!;
  }

  u32(): number {
    return this.#window.readUInt32LE(this.#take(4));
  }

  i32(): number {
    return this.#window.readInt32LE(this.#take(4));
  }

  /** @throws HeaderFault for what a double can't hold: no file has as many of anything */
  u64(what: string): number {
    const at = this.#take(8);
    const high = this.#window.readUInt32LE(at + 4);
    if (high >= 2 ** 21) throw new HeaderFault(`${what} is beyond all bounds`);
    return high * 2 ** 32 + this.#window.readUInt32LE(at);
  }

  /** Of protobuf: seven bits a byte. undefined: more than a double holds, such as a negative number. */
  varint(): number | undefined {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : undefined;
    }
    throw new HeaderFault("a varint has more than ten bytes");
  }

  /** Of protobuf, with its sign. */
  int64(): bigint {
    let value = 0n;
    for (let i = 0n; i < 10n; i++) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << (7n * i);
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new HeaderFault("a varint has more than ten bytes");
  }

  /** maxBytes: of a text that is looked at; a longer one is refused. */
  text(bytes: number, maxBytes: number, what: string): string {
    if (bytes > Math.min(maxBytes, WINDOW_BYTES))
      throw new HeaderFault(`${what} has ${bytes} bytes, the most is ${maxBytes}`);
    const at = this.#take(bytes);
    return this.#window.toString("utf8", at, at + bytes);
  }

  skip(bytes: number, what: string): void {
    if (bytes > this.left) throw new HeaderFault(`${what} has ${bytes} bytes, and the file ends after ${this.left}`);
    this.#position += bytes;
  }

  /** Steps over `bytes` bytes and returns where they begin in the window. */
  #take(bytes: number): number {
    const { size } = this;
    if (bytes > size - this.#position) throw new HeaderFault("the file ends too soon");
    if (this.#position < this.#start || this.#position + bytes > this.#end) {
      this.#start = this.#position;
      this.#end = this.#start + readSync(this.fd, this.#window, 0, WINDOW_BYTES, this.#start);
      if (this.#position + bytes > this.#end) throw new HeaderFault("the file ends too soon");
    }
    this.#position += bytes;
    return this.#position - bytes - this.#start;
  }
}

/** A name out of a hostile file, for a log. */
export function printable(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
