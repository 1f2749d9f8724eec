import { useEffect, useState } from "preact/hooks";
import { addressOf, ask } from "./api.js";
import type { ClassifyAnswer, CompareAnswer, ModelInfo } from "./types.js";
import { Answer, spoken } from "./parts/answer.js";
import { Behind } from "./parts/behind.js";
import { Comparison } from "./parts/comparison.js";
import { Composer } from "./parts/composer.js";
import { EnginesCompared } from "./parts/engines-compared.js";
import { Header } from "./parts/header.js";
import { Live } from "./parts/live.js";
import { Models } from "./parts/models.js";
import { Tabs } from "./parts/tabs.js";
import { KeyForm, Trouble } from "./parts/trouble.js";
import {
  classifyBody,
  compareBody,
  comparedByDefault,
  EMPTY,
  isSame,
  type Choice,
  type Draft,
} from "./pure/request.js";
import { useLatest } from "./state/use-latest.js";
import { useLoad } from "./state/use-load.js";
import { useModels } from "./state/use-models.js";
import { useStored } from "./state/use-stored.js";
import { TASK_NAMES, type TaskName } from "../../src/tasks/task.js";

/** How long a person may pause within a word. */
const PAUSE_MS = 200;
const VIEWS = ["Answer", "Side by side"] as const;

export function App() {
  const [key, setKey] = useStored("sessionStorage", "onepass-key");
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [view, setView] = useState<(typeof VIEWS)[number]>("Answer");
  const [compared, setCompared] = useState<readonly Choice[]>();
  const { models, fault: modelsFault } = useModels(key);
  const live = useLoad(key);
  const [classified, classify] = useLatest<ClassifyAnswer>((body, signal) => ask("classify", { body, key, signal }));
  const [comparison, compare] = useLatest<CompareAnswer>((body, signal) => ask("compare", { body, key, signal }));

  const tasks = tasksOf(models, draft.choice);
  const sideBySide = view === "Side by side";
  const engines = compared ?? comparedByDefault(models);
  const body = sideBySide ? compareBody(draft, tasks, engines) : classifyBody(draft, tasks);
  const latest = sideBySide ? comparison : classified;
  const submit = () => {
    const askable = draft.text !== "" && !(sideBySide && engines.length === 0);
    (sideBySide ? compare : classify)(askable ? body : undefined);
  };

  const wish = JSON.stringify([body, key, models.map(({ state }) => state)]);
  useEffect(() => {
    const timer = window.setTimeout(submit, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
    };
    // `wish` holds everything that an answer depends on.
  }, [wish]);

  const change = (changed: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...changed }));
  };
  const keyFault = [modelsFault, latest.fault].find((fault) => fault?.status === 401);
  return (
    <>
      <Header
        models={models}
        fault={modelsFault}
        forgetKey={
          key === undefined
            ? undefined
            : () => {
                setKey(undefined);
              }
        }
      />
      <main>
        <div class="work">
          {keyFault && <KeyForm refused={key} message={keyFault.message} use={setKey} />}
          <Composer
            draft={draft}
            change={change}
            models={models}
            tasks={tasks}
            submit={submit}
            busy={latest.busy}
            verb={sideBySide ? "Compare" : "Classify"}
          />
          <section class="card result" aria-label="Result" aria-busy={latest.busy}>
            <Tabs label="View" names={VIEWS} chosen={view} choose={setView}>
              {sideBySide && <EnginesCompared models={models} compared={engines} change={setCompared} />}
              {latest.fault && latest.fault !== keyFault && (
                <Trouble fault={latest.fault}>
                  {latest.fault.code === "text_too_long" && !draft.truncate && (
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => {
                        change({ truncate: true });
                      }}
                    >
                      Read its beginning
                    </button>
                  )}
                </Trouble>
              )}
              {sideBySide && comparison.answer && <Comparison {...comparison.answer} />}
              {!sideBySide && classified.answer && <Answer answer={classified.answer} unit={draft.offsets} />}
              {!latest.answer && !latest.fault && <p class="empty">{emptyText(latest.busy, draft.text)}</p>}
            </Tabs>
          </section>
          <p class="hidden" aria-live="polite">
            {!sideBySide && classified.answer && spoken(classified.answer)}
            {sideBySide && comparison.answer && `${comparison.answer.results.length} engines have answered.`}
          </p>
          {latest.body && (
            <Behind
              call={{
                url: addressOf(sideBySide ? "compare" : "classify"),
                body: latest.body,
                keyed: key !== undefined,
              }}
              answer={latest.answer}
            />
          )}
        </div>
        <aside aria-label="Server">
          <Live live={live} />
          <Models models={models} apiKey={key} />
        </aside>
      </main>
    </>
  );
}

function emptyText(busy: boolean, text: string): string {
  if (busy) return "Reading…";
  return text === "" ? "Type a text, or take one of the examples." : "Nothing was asked.";
}

/** What the chosen engine can be asked; by default the default's. */
function tasksOf(models: readonly ModelInfo[], choice: Choice | undefined): TaskName[] {
  const model = models.find((one) => (choice ? isSame(one, choice) : one.default));
  return TASK_NAMES.filter((task) => !model || task in model.tasks);
}
