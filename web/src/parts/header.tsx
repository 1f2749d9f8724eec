import { useEffect } from "preact/hooks";
import type { Fault } from "../api.js";
import type { ModelInfo } from "../types.js";
import { useStored } from "../state/use-stored.js";

const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

interface HeaderProps {
  readonly models: readonly ModelInfo[];
  /** Why the models are not known. */
  readonly fault: Fault | undefined;
  /** Given where a key is in use. */
  readonly forgetKey: (() => void) | undefined;
}

export function Header({ models, fault, forgetKey }: HeaderProps) {
  const usual = models.find((model) => model.default);
  const state =
    fault?.status === 401 || fault?.status === 403 ? "locked" : fault ? "unreachable" : (usual?.state ?? "loading");
  return (
    <header>
      <a class="hidden" href="#text">
        Skip to the text
      </a>
      <h1>
        <Mark /> onepass
      </h1>
      <p class={`state ${state}`} role="status">
        {state}
      </p>
      <nav aria-label="Page">
        {forgetKey && (
          <button type="button" class="quiet" onClick={forgetKey}>
            Forget the key
          </button>
        )}
        <a href="./docs">API</a>
        <ThemeSwitch />
      </nav>
    </header>
  );
}

function Mark() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M3 16h13" />
      <path d="M16 16c7 0 5-10 13-10M16 16h13M16 16c7 0 5 10 13 10" />
    </svg>
  );
}

function ThemeSwitch() {
  const [stored, store] = useStored("localStorage", "onepass-theme");
  const theme: Theme = THEMES.find((one) => one === stored) ?? "auto";
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    <label class="theme">
      <span class="hidden">Theme</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          store(currentTarget.value);
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
