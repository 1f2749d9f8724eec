import type { ModelInfo } from "../types.js";
import { choiceOf, isSame, type Choice } from "../pure/request.js";

interface EnginesComparedProps {
  readonly models: readonly ModelInfo[];
  readonly compared: readonly Choice[];
  readonly change: (compared: readonly Choice[]) => void;
}

/** Who is asked. An engine that writes its answer takes its time, so it is asked on request. */
export function EnginesCompared({ models, compared, change }: EnginesComparedProps) {
  const ready = models.filter(({ state }) => state === "ready");
  const isCompared = (one: Choice) => compared.some((other) => isSame(one, other));
  return (
    <fieldset class="engines">
      <legend class="hidden">Engines to compare</legend>
      {ready.map((one) => (
        <label key={one.model + one.engine} class="check">
          <input
            type="checkbox"
            checked={isCompared(one)}
            onChange={({ currentTarget: { checked } }) => {
              // In the order of the list, whatever the order of the clicks.
              change(ready.filter((other) => (isSame(one, other) ? checked : isCompared(other))).map(choiceOf));
            }}
          />
          <span>
            {one.engine} <small>{one.name}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
