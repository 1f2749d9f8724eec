import type { SlotAnswer } from "../../../src/classify/answer.js";

/** A run of a text, with the slot that it is the value of. */
export interface Segment {
  readonly text: string;
  readonly slot?: SlotAnswer;
}

export type OffsetUnit = "utf16" | "code_points";

/** Cuts a text at its slots, which come in order and never overlap. The segments joined are the text. */
export function segmentsOf(text: string, slots: readonly SlotAnswer[], unit: OffsetUnit): Segment[] {
  const characters = unit === "code_points" ? [...text] : undefined;
  const slice = (start: number, end?: number) => characters?.slice(start, end).join("") ?? text.slice(start, end);
  const segments: Segment[] = [];
  let at = 0;
  for (const slot of slots) {
    if (slot.start > at) segments.push({ text: slice(at, slot.start) });
    segments.push({ text: slice(slot.start, slot.end), slot });
    at = slot.end;
  }
  const rest = slice(at);
  return rest === "" ? segments : [...segments, { text: rest }];
}
