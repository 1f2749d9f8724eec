import { useState } from "preact/hooks";
import { LANGUAGES, snippet, type Call } from "../pure/snippets.js";
import { Tabs } from "./tabs.js";

const NAMES = ["JSON", ...LANGUAGES] as const;

/** What the page does itself: the answer as it came, and the call that brings it. */
export function Behind({ call, answer }: { readonly call: Call; readonly answer: object | undefined }) {
  const [chosen, choose] = useState<(typeof NAMES)[number]>("JSON");
  const text = chosen === "JSON" ? JSON.stringify(answer ?? {}, null, 2) : snippet(chosen, call);
  return (
    <section class="card behind" aria-label="Behind the answer">
      <Tabs label="Answer and code" names={NAMES} chosen={chosen} choose={choose}>
        <div class="code">
          <pre tabIndex={0} aria-label={chosen === "JSON" ? "Answer as JSON" : `Call in ${chosen}`}>
            {text}
          </pre>
          <Copy text={text} />
        </div>
      </Tabs>
    </section>
  );
}

const SHOWN_MS = 1500;

function Copy({ text }: { readonly text: string }) {
  const [state, setState] = useState("Copy");
  const copy = () => {
    // Absent where the page came over plain HTTP from another machine.
    const copied = (navigator.clipboard as Clipboard | undefined)?.writeText(text) ?? Promise.reject(new Error("none"));
    copied.then(
      () => {
        setState("Copied");
      },
      () => {
        setState("Can’t copy");
      },
    );
    window.setTimeout(() => {
      setState("Copy");
    }, SHOWN_MS);
  };
  return (
    <button type="button" class="quiet copy" onClick={copy}>
      <span role="status">{state}</span>
    </button>
  );
}
