import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import type { Page } from "./markdown.js";

/** Where a link leads: out of the site, to a place in a page, or to another file of the repository. */
export type Target =
  | { readonly kind: "away" }
  | { readonly kind: "page"; readonly path: string; readonly anchor: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "dead"; readonly why: string };

/** What a link of a page leads to. @param root folder of the repository; @param pages of the site, by their paths in it */
export function resolve(root: string, pages: ReadonlyMap<string, Page>, from: string, href: string): Target {
  if (/^[a-z]+:/i.test(href)) return { kind: "away" };
  const [target = "", anchor = ""] = href.split("#");
  const path = target === "" ? from : posix.join(posix.dirname(from), decodeURI(target)).replace(/\/$/, "");
  const page = pages.get(path) ?? pages.get(posix.join(path, "README.md"));
  if (page) {
    const found = anchor === "" || page.headings.some((heading) => heading.anchor === anchor);
    return found ? { kind: "page", path: page.path, anchor } : dead(`${page.path} has no heading #${anchor}`);
  }
  if (path.startsWith("..")) return dead("it leaves the repository");
  if (!existsSync(join(root, path))) return dead("there is no such file");
  if (path.endsWith(".md")) return dead("the page is in no section of site/nav.ts");
  return { kind: "file", path };
}

const dead = (why: string): Target => ({ kind: "dead", why });

/** The address of a page in the site: where it lies in the repository. */
export function pageAddress(path: string): string {
  return path.replace(/(^|\/)README\.md$/, "$1index.html").replace(/\.md$/, ".html");
}

const SHOWN_BY_BROWSERS = /\.(svg|png|html|json)$/;

/** The address of a file that is no page. Sources are shown as text, a folder as the list of what it holds. */
export function fileAddress(root: string, path: string): string {
  if (SHOWN_BY_BROWSERS.test(path)) return path;
  return statSync(join(root, path)).isDirectory() ? `${path}/index.html` : `${path}.html`;
}

/** The way from one address of the site to another. */
export function way(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}
