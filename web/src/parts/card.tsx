import type { Token, Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { askText, type Fault } from "../api.js";

interface CardProps {
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly close: () => void;
}

/** A model's card over the page, read and laid out when it is opened. */
export function Card({ model, apiKey, close }: CardProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [tokens, setTokens] = useState<readonly Token[]>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    const read = async () => {
      const [{ lexer }, text] = await Promise.all([
        import("marked"),
        askText(`models/${encodeURIComponent(model)}/card`, { key: apiKey }),
      ]);
      setTokens(lexer(text));
    };
    read().catch((error: unknown) => {
      setFault((error as Fault).message);
    });
  }, [model, apiKey]);
  return (
    <dialog ref={dialog} class="model-card" aria-label={`Card of ${model}`} onClose={close}>
      <form method="dialog">
        <button class="quiet">Close</button>
      </form>
      <div class="markdown">
        {fault !== undefined && <p role="alert">{fault}</p>}
        {fault === undefined && !tokens && <p class="note">Reading…</p>}
        {tokens && <Markdown tokens={tokens} />}
      </div>
    </dialog>
  );
}

/** Markdown as elements: nothing in a card can be HTML of its own. */
function Markdown({ tokens = [] }: { readonly tokens?: readonly Token[] | undefined }) {
  return (
    <>
      {tokens.map((token, i) => (
        <Node key={i} token={token} />
      ))}
    </>
  );
}

function Node({ token }: { readonly token: Token }): ComponentChildren {
  switch (token.type) {
    case "heading":
      return token.depth === 1 ? <h2>{within(token)}</h2> : <h3>{within(token)}</h3>;
    case "paragraph":
      return <p>{within(token)}</p>;
    case "list":
      return (
        <ul>
          {(token as Tokens.List).items.map((item, i) => (
            <li key={i}>{within(item)}</li>
          ))}
        </ul>
      );
    case "code":
      return (
        <pre tabIndex={0} aria-label="Code">
          {(token as Tokens.Code).text}
        </pre>
      );
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "strong":
      return <b>{within(token)}</b>;
    case "em":
      return <em>{within(token)}</em>;
    case "link":
      return (
        <a href={(token as Tokens.Link).href} rel="noreferrer">
          {within(token)}
        </a>
      );
    case "table":
      return <Table table={token as Tokens.Table} />;
    case "space":
      return null;
    case "text":
      return "tokens" in token ? within(token) : (token as Tokens.Text).text;
    default:
      return token.raw;
  }
}

function within(token: Token): ComponentChildren {
  return <Markdown tokens={"tokens" in token ? token.tokens : undefined} />;
}

function Table({ table: { header, rows } }: { readonly table: Tokens.Table }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, i) => (
              <th key={i} scope="col">
                <Markdown tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>
                  <Markdown tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
