import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Fault } from "../api.js";

/** What happened, in a person's words; the server's message says what to do. */
const TITLES: Readonly<Record<string, string>> = {
  text_too_long: "This text is too long",
  body_too_large: "This text is too long",
  not_ready: "The model is not ready yet",
  deadline_exceeded: "There was no answer in time",
  unreachable: "The server can’t be reached",
  engine_failed: "The engine failed",
  unknown_model: "There is no such model",
  task_not_in_model: "This model can’t answer that",
};

/** children: what somebody can do about it here. */
export function Trouble({ fault, children }: { readonly fault: Fault; readonly children?: ComponentChildren }) {
  const title = TITLES[fault.code] ?? (fault.status === 429 ? "The server is busy" : "That did not work");
  return (
    <div class="trouble" role="alert">
      <h3>{title}</h3>
      <p>{fault.message}</p>
      <p class="note">
        <code>{fault.code}</code>
        {fault.field !== undefined && (
          <>
            {" "}
            in <code>{fault.field}</code>
          </>
        )}
        {fault.retryAfter !== undefined && ` · asking again may help in ${fault.retryAfter} s`}
      </p>
      {children}
    </div>
  );
}

interface KeyFormProps {
  /** What was sent before, if anything. */
  readonly refused: string | undefined;
  readonly message: string;
  readonly use: (key: string) => void;
}

/** A server with keys asks for one; the tab remembers it until it is closed. */
export function KeyForm({ refused, message, use }: KeyFormProps) {
  const [key, setKey] = useState("");
  return (
    <form
      class="card key"
      aria-label="API key"
      onSubmit={(event) => {
        event.preventDefault();
        use(key.trim());
      }}
    >
      <h2>{refused === undefined ? "This server asks for an API key" : "This key was not accepted"}</h2>
      <p class="note" role="alert">
        {message}
      </p>
      <div class="row">
        <label class="field">
          <span>API key</span>
          <input
            type="password"
            autocomplete="off"
            value={key}
            onInput={({ currentTarget }) => {
              setKey(currentTarget.value);
            }}
          />
        </label>
        <button type="submit" class="primary" disabled={key.trim() === ""}>
          Use this key
        </button>
      </div>
      <p class="note">It stays in this tab and is forgotten when you close it.</p>
    </form>
  );
}
