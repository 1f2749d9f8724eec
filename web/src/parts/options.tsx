import type { Draft } from "../pure/request.js";
import type { TaskName } from "../../../src/tasks/task.js";

interface OptionsProps {
  readonly draft: Draft;
  readonly change: (changed: Partial<Draft>) => void;
  /** What the chosen engine can be asked. */
  readonly tasks: readonly TaskName[];
}

/** The request's other fields, by the names that they have in the API. */
export function Options({ draft, change, tasks }: OptionsProps) {
  const asked = tasks.filter((task) => !draft.skipped.includes(task));
  const toggle = (task: TaskName, on: boolean) => {
    const skipped = draft.skipped.filter((one) => one !== task);
    change({ skipped: on ? skipped : [...skipped, task] });
  };
  return (
    <details class="options">
      <summary>Options</summary>
      <div class="fields">
        <fieldset>
          <legend>tasks</legend>
          {tasks.map((task) => (
            <label key={task} class="check">
              <input
                type="checkbox"
                checked={asked.includes(task)}
                disabled={asked.length === 1 && asked[0] === task}
                onChange={({ currentTarget }) => {
                  toggle(task, currentTarget.checked);
                }}
              />
              {task}
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span>top_k</span>
          <input
            type="number"
            min={1}
            max={100}
            value={draft.topK}
            onInput={({ currentTarget: { valueAsNumber } }) => {
              if (valueAsNumber >= 1) change({ topK: Math.min(100, Math.round(valueAsNumber)) });
            }}
          />
        </label>
        <label class="field">
          <span>oos_threshold</span>
          <input
            type="number"
            min={0}
            max={1}
            step={0.05}
            placeholder="the model’s"
            value={draft.threshold ?? ""}
            onInput={({ currentTarget: { valueAsNumber } }) => {
              const given = valueAsNumber >= 0 && valueAsNumber <= 1;
              change({ threshold: given ? valueAsNumber : undefined });
            }}
          />
        </label>
        <label class="field">
          <span>offsets</span>
          <select
            value={draft.offsets}
            onChange={({ currentTarget }) => {
              change({ offsets: currentTarget.value === "utf16" ? "utf16" : "code_points" });
            }}
          >
            <option value="utf16">utf16</option>
            <option value="code_points">code_points</option>
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={draft.truncate}
            onChange={({ currentTarget }) => {
              change({ truncate: currentTarget.checked });
            }}
          />
          truncate
        </label>
      </div>
    </details>
  );
}
