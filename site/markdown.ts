import { marked, Renderer, type Token, type Tokens } from "marked";

export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly anchor: string;
}

/** What stands under a heading, as plain text: what is searched in. */
export interface Passage {
  readonly heading: Heading;
  readonly text: string;
}

export interface Page {
  /** In the repository. */
  readonly path: string;
  readonly title: string;
  readonly tokens: readonly Token[];
  readonly headings: readonly Heading[];
  readonly passages: readonly Passage[];
}

export function readPage(path: string, markdown: string): Page {
  const tokens = marked.lexer(markdown);
  const anchorOf = anchors();
  const passages: { heading: Heading; text: string }[] = [];
  for (const token of tokens) {
    if (isHeading(token)) {
      const text = plain(token);
      passages.push({ heading: { depth: token.depth, text, anchor: anchorOf(text) }, text: "" });
    } else if (passages.length > 0) {
      passages.at(-1)!.text += `${plain(token)} `;
    }
  }
  const headings = passages.map(({ heading }) => heading);
  return { path, title: headings[0]?.text ?? path, tokens, headings, passages };
}

/** Headings to anchors, as forges make them: the second of a name gets `-1`. One a page. */
function anchors(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const anchor = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const before = seen.get(anchor);
    seen.set(anchor, (before ?? 0) + 1);
    return before === undefined ? anchor : `${anchor}-${before}`;
  };
}

/** Where each link and picture of a page leads, as it is written. */
export function hrefsOf({ tokens }: Page): string[] {
  const hrefs: string[] = [];
  void marked.walkTokens([...tokens], (token) => {
    if (isLink(token)) hrefs.push(token.href);
  });
  return hrefs;
}

/** The HTML of a page. @param link what a link leads to in the site, given what was written */
export function htmlOf(page: Page, link: (href: string) => string): string {
  const tokens = structuredClone(page.tokens) as Token[];
  void marked.walkTokens(tokens, (token) => {
    if (isLink(token)) token.href = link(token.href);
  });
  return marked.parser(tokens, { renderer: new ManualRenderer(page.headings) });
}

class ManualRenderer extends Renderer {
  #next = 0;

  constructor(private readonly headings: readonly Heading[]) {
    super();
  }

  override heading({ depth, tokens }: Tokens.Heading): string {
    const id = escaped(this.headings[this.#next++]!.anchor);
    const mark = depth === 1 ? "" : ` <a class="anchor" href="#${id}" aria-hidden="true" tabindex="-1">#</a>`;
    return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${mark}</h${depth}>\n`;
  }

  override code({ text, lang = "" }: Tokens.Code): string {
    return `<pre tabindex="0"><code class="${escaped(lang.split(" ")[0]!)}">${escaped(text)}</code></pre>\n`;
  }

  /** A wide table scrolls by itself, for the keyboard, too. */
  override table(token: Tokens.Table): string {
    return `<div class="wide" tabindex="0">${super.table(token)}</div>\n`;
  }

  /** Comments for those who edit; nothing else is HTML in our pages. */
  override html(): string {
    return "";
  }
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function plain(token: Token): string {
  if (token.type === "html") return "";
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].flatMap((row) => row.flatMap((cell) => cell.tokens.map(plain))).join(" ");
  }
  const inner = token.type === "list" ? (token as Tokens.List).items : "tokens" in token ? token.tokens : undefined;
  return inner ? inner.map(plain).join(token.type === "list" ? " " : "") : "text" in token ? String(token.text) : "";
}

const isHeading = (token: Token): token is Tokens.Heading => token.type === "heading";
const isLink = (token: Token): token is Tokens.Link | Tokens.Image => token.type === "link" || token.type === "image";
