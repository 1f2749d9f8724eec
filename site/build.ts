import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { document, type Layout } from "./layout.js";
import { fileAddress, pageAddress, resolve, way } from "./links.js";
import { escaped, hrefsOf, htmlOf, readPage, type Page } from "./markdown.js";
import { SECTIONS, type Section } from "./nav.js";

const HERE = import.meta.dirname;
const require = createRequire(import.meta.url);
const ASSETS = {
  "site.css": join(HERE, "assets/site.css"),
  "site.js": join(HERE, "assets/site.js"),
  "icon.svg": join(HERE, "../web/icon.svg"),
  "geist.woff2": require.resolve("@fontsource-variable/geist/files/geist-latin-wght-normal.woff2"),
  // For a plain <script>: modules and fetch do not work from a disk.
  "minisearch.js": join(dirname(require.resolve("minisearch")), "../umd/index.js"),
};

export interface Site {
  readonly pages: ReadonlyMap<string, Page>;
  /** What a reader would trip over: links that lead nowhere, pages that nothing leads to. */
  readonly faults: readonly string[];
}

/** Reads the pages of a repository and proves their links. */
export function readSite(root: string, sections: readonly Section[] = SECTIONS): Site {
  const paths = sections.flatMap((section) => section.pages);
  const pages = new Map(paths.map((path) => [path, readPage(path, readFileSync(join(root, path), "utf8"))]));
  const lost = readdirSync(join(root, "docs"))
    .map((name) => `docs/${name}`)
    .filter((path) => path.endsWith(".md") && !pages.has(path))
    .map((path) => `${path} is in no section of site/nav.ts`);
  const dead = [...pages.values()].flatMap((page) =>
    hrefsOf(page).flatMap((href) => {
      const target = resolve(root, pages, page.path, href);
      return target.kind === "dead" ? [`${page.path}: ${href}: ${target.why}`] : [];
    }),
  );
  return { pages, faults: [...lost, ...dead] };
}

/** Writes a site: each page where it lies in the repository, with the files that pages link to. It asks for nothing from elsewhere. */
export function writeSite(root: string, out: string, { pages }: Site, sections: readonly Section[] = SECTIONS): void {
  rmSync(out, { recursive: true, force: true });
  const layout: Layout = { sections, pages };
  const files = new Set<string>();
  for (const page of pages.values()) {
    const address = pageAddress(page.path);
    const body = htmlOf(page, (href) => {
      const target = resolve(root, pages, page.path, href);
      if (target.kind === "page") {
        return way(address, pageAddress(target.path)) + (target.anchor === "" ? "" : `#${target.anchor}`);
      }
      if (target.kind !== "file") return href;
      files.add(target.path);
      return way(address, fileAddress(root, target.path));
    });
    write(join(out, address), document(layout, page, address, body));
  }
  for (const path of files) writeFile(layout, root, out, path);
  for (const [name, source] of Object.entries(ASSETS)) copy(source, join(out, "assets", name));
  write(join(out, "assets/passages.js"), `globalThis.PASSAGES = ${JSON.stringify(passages(pages))};\n`);
}

/** A file that a page links to, and what is in a folder. */
function writeFile(layout: Layout, root: string, out: string, path: string): void {
  const address = fileAddress(root, path);
  if (address === path) {
    copy(join(root, path), join(out, path));
    return;
  }
  const isFolder = statSync(join(root, path)).isDirectory();
  const text = isFolder ? listing(join(root, path)) : readFileSync(join(root, path), "utf8");
  const body = `<h1><code>${escaped(path)}</code></h1>\n<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
  write(join(out, address), document(layout, { path, title: path, headings: [] }, address, body));
}

function listing(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .join("\n");
}

/** What the search looks through. */
function passages(pages: ReadonlyMap<string, Page>) {
  return [...pages.values()].flatMap((page) =>
    page.passages.map(({ heading, text }, index) => ({
      id: `${pageAddress(page.path)}${index === 0 ? "" : `#${heading.anchor}`}`,
      page: page.title,
      title: heading.text,
      text: text.replace(/\s+/g, " ").trim(),
    })),
  );
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function copy(source: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(source, file);
}
