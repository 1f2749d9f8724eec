import { marked, type Tokens } from "marked";

/** A block of commands in a page of Markdown. */
export interface Block {
  /** Of the fence, from 1. */
  readonly line: number;
  readonly code: string;
  /** Why no test runs it: what stands behind `no-run:` in the fence's first line. */
  readonly noRun: string | undefined;
  /** What the page shows as its output: a block of `json` or `text` right after it. */
  readonly shown: Shown | undefined;
}

export interface Shown {
  readonly kind: "json" | "text";
  readonly text: string;
}

/** Every block of `sh` or `bash` in a page, in its order. */
export function blocksIn(markdown: string): Block[] {
  const tokens = marked.lexer(markdown).filter(({ type }) => type !== "space");
  let from = 0;
  return tokens.flatMap((token, index) => {
    const at = markdown.indexOf(token.raw.trimEnd(), from);
    from = at + token.raw.trimEnd().length;
    if (!isFence(token, "sh") && !isFence(token, "bash")) return [];
    const next = tokens[index + 1];
    const shown = next && (isFence(next, "json") ? "json" : isFence(next, "text") ? "text" : undefined);
    return {
      line: markdown.slice(0, at).split("\n").length,
      code: token.text,
      noRun: /no-run:\s*(.*)/.exec(token.lang ?? "")?.[1],
      shown: shown && { kind: shown, text: (next as Tokens.Code).text },
    };
  });
}

function isFence(token: { type: string }, language: string): token is Tokens.Code {
  return token.type === "code" && ((token as Tokens.Code).lang ?? "").split(" ")[0] === language;
}

const SERVER = /^(\w+=\S+\s+)*(npm start|npm run up|npx onepass serve)\b[^&]*$/;

/** Whether the last command of a block is a server in the foreground: a reader goes on in a second terminal. */
export function isServer({ code }: Block): boolean {
  return SERVER.test(code.trim().split("\n").at(-1)!.split("#")[0]!.trim());
}
