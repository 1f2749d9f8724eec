import { STYLE } from "./style.js";
import { escape } from "./svg.js";

/** Nothing is loaded from anywhere, and nothing runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export interface PageParts {
  /** As the browser's tab shows it. */
  readonly title: string;
  /** Rules besides those that all reports share. */
  readonly style?: string;
  /** HTML. */
  readonly body: string;
}

/** A report as one HTML file: plots are drawings in it, nothing is fetched and no script runs. */
export function htmlPage({ title, style = "", body }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escape(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

type Cell = string | number;

/** Cells are texts, not HTML. */
export function htmlTable(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = (tag: string, row: readonly Cell[]) =>
    row.map((cell) => `<${tag}>${escape(String(cell))}</${tag}>`).join("");
  return `<h3>${escape(title)}</h3>
<div class="scroll"><table><thead><tr>${cells("th", head)}</tr></thead><tbody>
${rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n")}
</tbody></table></div>`;
}
