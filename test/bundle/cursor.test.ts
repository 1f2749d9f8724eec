import { expect, test } from "vitest";
import { HeaderFault } from "../../src/bundle/cursor.js";
import { withCursor } from "./cursors.js";

test("what lies beyond the first window is read as what lies in it", () => {
  const bytes = Buffer.alloc(300_000);
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(at, at);
  withCursor(bytes, (file) => {
    for (const at of [0, 4, 65_532, 65_536, 131_068, 200_000, 299_996]) {
      file.skip(at - file.position, "");
      expect(file.u32()).toBe(at);
    }
    expect(file.left).toBe(0);
    expect(() => file.u8()).toThrow(HeaderFault);
  });
});

test("a number across the edge of a window is whole", () => {
  const bytes = Buffer.alloc(70_000);
  bytes.writeBigUInt64LE(0x1f_1234_5678_9abcn, 65_533);
  withCursor(bytes, (file) => {
    file.u8();
    file.skip(65_532, "");
    expect(file.u64("")).toBe(0x1f_1234_5678_9abc);
  });
});

test("numbers that a double can't hold are refused, not rounded", () => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(2n ** 53n);
  withCursor(bytes, (file) => {
    expect(() => file.u64("a count")).toThrow("a count is beyond all bounds");
  });
  const minusOne = Buffer.from([...Array<number>(9).fill(0xff), 0x01]);
  withCursor(minusOne, (file) => {
    expect(file.varint()).toBeUndefined();
  });
  withCursor(Buffer.alloc(11, 0x80), (file) => {
    expect(() => file.varint()).toThrow("ten bytes");
  });
});

test("nothing is skipped beyond the end", () => {
  withCursor(Buffer.alloc(10), (file) => {
    expect(() => {
      file.skip(11, "a string");
    }).toThrow("the file ends after 10");
  });
});
