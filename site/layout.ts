import { pageAddress, way } from "./links.js";
import { escaped, type Page } from "./markdown.js";
import type { Section } from "./nav.js";

export interface Layout {
  readonly sections: readonly Section[];
  readonly pages: ReadonlyMap<string, Page>;
}

/** A whole page of the site. @param address where it will lie; relative links make the site work from any folder, and from a disk */
export function document(
  layout: Layout,
  page: Pick<Page, "path" | "title" | "headings">,
  address: string,
  body: string,
): string {
  const to = (target: string) => escaped(way(address, target));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(page.title === "onepass" ? "onepass" : `${page.title} – onepass`)}</title>
<link rel="icon" href="${to("assets/icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${to("assets/site.css")}">
<script defer src="${to("assets/site.js")}" data-root="${to("index.html").replace(/index\.html$/, "")}"></script>
</head>
<body>
<a class="skip" href="#content">To the text</a>
<header>
<a class="name" href="${to("index.html")}">onepass</a>
<search><input type="search" placeholder="Search" aria-label="Search the manual" autocomplete="off"><ul class="found" aria-label="Found" hidden></ul></search>
</header>
<div class="columns">
<nav class="sections" aria-label="Manual"><details open><summary>Manual</summary>
${layout.sections.map((section) => sectionOf(layout, section, page.path, address)).join("\n")}
</details></nav>
<main id="content">
${body}${onward(layout, page.path, address)}
</main>
${contents(page)}</div>
</body>
</html>
`;
}

function sectionOf({ pages }: Layout, section: Section, current: string, address: string): string {
  const items = section.pages.map((path) => {
    const here = path === current ? ' aria-current="page"' : "";
    return `<li><a href="${escaped(way(address, pageAddress(path)))}"${here}>${escaped(pages.get(path)!.title)}</a></li>`;
  });
  return `<h2>${escaped(section.title)}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

/** The pages before and after, in the order of the sections. */
function onward({ sections, pages }: Layout, current: string, address: string): string {
  const order = sections.flatMap((section) => section.pages);
  const at = order.indexOf(current);
  if (at < 0) return "";
  const link = (path: string | undefined, rel: string) =>
    path === undefined
      ? "<span></span>"
      : `<a rel="${rel}" href="${escaped(way(address, pageAddress(path)))}">${escaped(pages.get(path)!.title)}</a>`;
  return `<nav class="onward" aria-label="Before and after">${link(order[at - 1], "prev")}${link(order[at + 1], "next")}</nav>`;
}

/** The headings of a page, where there are enough to lose one's way. */
function contents({ headings }: Pick<Page, "headings">): string {
  const own = headings.filter(({ depth }) => depth === 2);
  if (own.length < 3) return "";
  const items = own.map(({ anchor, text }) => `<li><a href="#${escaped(anchor)}">${escaped(text)}</a></li>`);
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>\n${items.join("\n")}\n</ul></nav>\n`;
}
