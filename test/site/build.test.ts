import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readSite, writeSite, type Site } from "../../site/build.js";
import { PACKAGE_ROOT } from "../../src/package.js";

let out: string;
let site: Site;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "onepass-site-"));
  site = readSite(PACKAGE_ROOT);
  writeSite(PACKAGE_ROOT, out, site);
});
afterAll(() => {
  rmSync(out, { recursive: true });
});

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

test("every page of the manual is in a section, and every link of it leads somewhere", () => {
  expect(site.faults).toEqual([]);
});

test("every address in the site is of a file and a heading that are there, whatever folder it lies in", () => {
  const html = filesOf(out).filter((file) => file.endsWith(".html") && !file.includes("results/"));
  const dead = html.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(?:href|src)="([^"]*)"/g)]
      .map(([, address]) => address!)
      .filter((address) => !/^(https?|mailto):/.test(address))
      .filter((address) => !leads(file, address))
      .map((address) => `${file.slice(out.length)}: ${address}`),
  );
  expect(html.length).toBeGreaterThan(site.pages.size);
  expect(dead).toEqual([]);
});

test("nothing is loaded from elsewhere", () => {
  for (const file of filesOf(out).filter((name) => /\.(html|css|svg|js)$/.test(name) && !name.includes("results/"))) {
    const text = readFileSync(file, "utf8");
    expect(text, file).not.toMatch(/<(script|link|img|iframe)[^>]*(src|href)="https?:/);
    if (!file.endsWith(".js")) expect(text, file).not.toMatch(/@import|url\(["']?https?:/);
  }
});

test.each([
  ["a file that is not there", "[a](docs/gone.md)", "README.md: docs/gone.md: there is no such file"],
  ["a heading that is not there", "[a](docs/a.md#gone)", "README.md: docs/a.md#gone: docs/a.md has no heading #gone"],
  ["a page that no section has", "[a](docs/b.md)", "README.md: docs/b.md: the page is in no section of site/nav.ts"],
  ["what lies outside", "[a](../secret)", "README.md: ../secret: it leaves the repository"],
  ["a picture that is not there", "![a](a.png)", "README.md: a.png: there is no such file"],
])("a link to %s is a fault", (_what, link, fault) => {
  const root = folderOf({
    "README.md": `# Front\n\n${link}`,
    "docs/a.md": "# A\n\n## Twice\n\n## Twice",
    "docs/b.md": "# B",
  });
  const { faults } = readSite(root, [{ title: "All", pages: ["README.md", "docs/a.md"] }]);
  expect(faults).toEqual(["docs/b.md is in no section of site/nav.ts", fault]);
});

test("links to pages, second headings of a name, folders and sources lead to their places in the site", () => {
  const root = folderOf({
    "README.md": "# Front\n\n[a](docs/a.md#twice-1) [b](src/b.ts) [c](src) [d](https://e.org/x.md) [e](#front)",
    "docs/a.md": "# A & B\n\n## Twice\n\n## Twice\n\n<!-- left out -->\n\n[up](../README.md) `<b>`",
    "src/b.ts": "const a = 1 < 2;",
  });
  const sections = [{ title: "All", pages: ["README.md", "docs/a.md"] }];
  const made = join(root, "out");
  writeSite(root, made, readSite(root, sections), sections);
  const read = (name: string) => readFileSync(join(made, name), "utf8");
  for (const href of [
    "docs/a.html#twice-1",
    "src/b.ts.html",
    "src/index.html",
    "https://e.org/x.md",
    "index.html#front",
  ]) {
    expect(read("index.html")).toContain(`href="${href}"`);
  }
  expect(read("docs/a.html")).toContain('href="../index.html"');
  expect(read("docs/a.html")).toContain("&lt;b&gt;");
  expect(read("docs/a.html")).not.toContain("left out");
  expect(read("src/b.ts.html")).toContain("const a = 1 &lt; 2;");
  expect(read("src/index.html")).toContain("b.ts");
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "onepass-pages-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  mkdirSync(join(root, "docs"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

function leads(file: string, address: string): boolean {
  const [path = "", anchor] = decodeURI(address.replaceAll("&amp;", "&")).split("#");
  try {
    const text = readFileSync(path === "" ? file : join(dirname(file), path), "utf8");
    return anchor === undefined || text.includes(`id="${anchor}"`);
  } catch {
    return false;
  }
}
