import { useState } from "preact/hooks";
import type { ModelInfo } from "../types.js";
import { plural } from "../pure/format.js";
import { Card } from "./card.js";

/** The loaded models, each with its engines, labels and card. */
export function Models({
  models,
  apiKey,
}: {
  readonly models: readonly ModelInfo[];
  readonly apiKey: string | undefined;
}) {
  const [opened, open] = useState<string>();
  const ids = [...new Set(models.map(({ model }) => model))];
  return (
    <section class="card models" aria-label="Models">
      <h2>Models</h2>
      {models.length === 0 && <p class="note">None is loaded yet.</p>}
      <ul>
        {ids.map((id) => (
          <Model key={id} engines={models.filter(({ model }) => model === id)} open={open} />
        ))}
      </ul>
      {opened !== undefined && (
        <Card
          model={opened}
          apiKey={apiKey}
          close={() => {
            open(undefined);
          }}
        />
      )}
    </section>
  );
}

function Model({ engines, open }: { readonly engines: readonly ModelInfo[]; readonly open: (model: string) => void }) {
  const [first] = engines;
  if (!first) return null;
  const { model, name, version, description, language, license, tasks } = first;
  const state = engines.find((engine) => engine.state !== "ready")?.state ?? "ready";
  const { intent, slots, topic } = tasks;
  const known = Object.entries({ intent: intent?.labels, slot: slots?.labels, topic: topic?.labels }).flatMap(
    ([task, labels]) => (labels ? [[task, labels] as const] : []),
  );
  return (
    <li>
      <p class="title">
        <b>{name}</b> <span class="figure">{version}</span>
        <span class={`state ${state}`}>{state}</span>
        {engines.some((engine) => engine.default) && <span class="badge">default</span>}
        {engines.some((engine) => engine.fallback) && <span class="badge">fallback</span>}
      </p>
      <p class="note">{description}</p>
      <p class="note">
        {engines.map(({ engine }) => engine).join(", ")} · {language} · {license}
        {first.runtime !== undefined && ` · ${first.runtime}`}
      </p>
      <details>
        <summary>{known.map(([task, own]) => plural(own.length, task)).join(", ")}</summary>
        {known.map(([task, own]) => (
          <p key={task} class="labels" tabIndex={0} role="region" aria-label={`Labels of ${task}s`}>
            {own.join(", ")}
          </p>
        ))}
      </details>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          open(model);
        }}
      >
        Model card <span class="hidden">of {model}</span>
      </button>
    </li>
  );
}
