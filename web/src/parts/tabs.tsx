import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
  readonly children: ComponentChildren;
}

/** Tabs as a screen reader and the arrow keys expect them; `children` is the panel of the chosen one. */
export function Tabs<Name extends string>({ label, names, chosen, choose, children }: TabsProps<Name>) {
  const list = useRef<HTMLDivElement>(null);
  const id = label.toLowerCase().replaceAll(" ", "-");
  const move = (event: KeyboardEvent) => {
    const at = names.indexOf(chosen);
    const last = names.length - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + names.length) % names.length;
    choose(names[next]!);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {names.map((name) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`${id}-${name.replaceAll(" ", "-")}`}
            aria-selected={name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => {
              choose(name);
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen.replaceAll(" ", "-")}`}>
        {children}
      </div>
    </>
  );
}
