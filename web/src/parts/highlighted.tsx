import { useState } from "preact/hooks";
import type { SlotAnswer } from "../types.js";
import { percent } from "../pure/format.js";
import { segmentsOf, type OffsetUnit } from "../pure/segments.js";
import { Bar } from "./bar.js";

interface HighlightedProps {
  readonly text: string;
  readonly slots: readonly SlotAnswer[];
  readonly unit: OffsetUnit;
}

/** The text with its slots marked, and the slots as a list; pointing at one of either shows it in both. */
export function Highlighted({ text, slots, unit }: HighlightedProps) {
  const [active, setActive] = useState<SlotAnswer>();
  const pointing = (slot: SlotAnswer) => ({
    onMouseEnter: () => {
      setActive(slot);
    },
    onMouseLeave: () => {
      setActive(undefined);
    },
    onFocus: () => {
      setActive(slot);
    },
    onBlur: () => {
      setActive(undefined);
    },
    onKeyDown: ({ key }: KeyboardEvent) => {
      if (key === "Escape") setActive(undefined);
    },
  });
  return (
    <>
      <p class="text" dir="auto">
        {segmentsOf(text, slots, unit).map(({ text: run, slot }) =>
          slot ? (
            <mark
              key={slot.start}
              class={slot === active ? "slot active" : "slot"}
              tabIndex={0}
              role="note"
              aria-label={`${slot.name}: ${slot.value}, ${percent(slot.confidence)}`}
              {...pointing(slot)}
            >
              {run}
              <span class="tag" dir="ltr">
                {slot.name}
              </span>
              {slot === active && (
                <span class="tip" dir="ltr" aria-hidden="true">
                  {percent(slot.confidence)}
                </span>
              )}
            </mark>
          ) : (
            run
          ),
        )}
      </p>
      {slots.length === 0 ? (
        <p class="none">No slot in this text.</p>
      ) : (
        <ul class="slots" aria-label="Slots">
          {slots.map((slot) => (
            <li key={slot.start} class={slot === active ? "active" : ""} {...pointing(slot)}>
              <span class="name">{slot.name}</span>
              <bdi class="value">{slot.value}</bdi>
              <span class="offsets">
                {slot.start}–{slot.end}
              </span>
              <Bar share={slot.confidence} />
              <span class="figure">{percent(slot.confidence)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
