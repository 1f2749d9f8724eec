import { useEffect, useRef } from "preact/hooks";
import type { ModelInfo } from "../types.js";
import { choiceOf, isSame, type Draft } from "../pure/request.js";
import type { TaskName } from "../../../src/tasks/task.js";
import { Options } from "./options.js";

const EXAMPLES = [
  "wake me up at nine on friday",
  "play some jazz in the kitchen",
  "remind me to call anna tomorrow at noon",
  "what will the weather be like in berlin this weekend",
  "The shuttle reached orbit on Friday, and NASA will launch another probe to the moon.",
];

interface ComposerProps {
  readonly draft: Draft;
  readonly change: (changed: Partial<Draft>) => void;
  readonly models: readonly ModelInfo[];
  readonly tasks: readonly TaskName[];
  readonly submit: () => void;
  readonly busy: boolean;
  /** What submitting does. */
  readonly verb: string;
}

/** Where a text is written, and how it is to be read. */
export function Composer({ draft, change, models, tasks, submit, busy, verb }: ComposerProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
  }, []);
  return (
    <form
      class="card composer"
      aria-label="Text"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label class="hidden" for="text">
        Text to classify
      </label>
      <textarea
        id="text"
        ref={box}
        dir="auto"
        rows={2}
        placeholder="Say something: “wake me up at nine on friday”"
        aria-describedby="text-help"
        autocomplete="off"
        spellcheck={false}
        value={draft.text}
        onInput={({ currentTarget }) => {
          change({ text: currentTarget.value });
        }}
        onKeyDown={(event) => {
          // While an input method composes a character, Enter is its own.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <ul class="examples" aria-label="Examples">
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button
              type="button"
              class="chip"
              title={example}
              onClick={() => {
                change({ text: example });
              }}
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
      <div class="controls">
        <EngineSwitch draft={draft} change={change} models={models} />
        <p class="note" id="text-help">
          Answers as you type. Enter asks again, Shift+Enter breaks the line.
        </p>
        <button type="submit" class="primary" disabled={draft.text === ""} aria-busy={busy}>
          {verb}
        </button>
      </div>
      <Options draft={draft} change={change} tasks={tasks} />
    </form>
  );
}

function EngineSwitch({ draft, change, models }: Pick<ComposerProps, "draft" | "change" | "models">) {
  const usual = models.find((model) => model.default);
  const chosen = models.findIndex((model) => isSame(model, draft.choice));
  return (
    <label class="field">
      <span>Engine</span>
      <select
        value={String(chosen)}
        onChange={({ currentTarget }) => {
          const model = models[Number(currentTarget.value)];
          change({ choice: model && choiceOf(model) });
        }}
      >
        <option value="-1">{usual ? `default: ${usual.engine}, ${usual.model}` : "default"}</option>
        {models.map(({ model, engine, state }, i) => (
          <option key={model + engine} value={String(i)} disabled={state === "failed"}>
            {engine}, {model}
            {state === "ready" ? "" : ` (${state})`}
          </option>
        ))}
      </select>
    </label>
  );
}
