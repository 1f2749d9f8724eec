import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSite, writeSite } from "../../site/build.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { CHROMIUM, openBrowser, overflow, seriousFaults } from "../web/browser.js";

describe.skipIf(CHROMIUM === undefined)("the manual, opened from a disk", () => {
  let out: string;
  let browser: Browser;
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), "onepass-site-"));
    writeSite(PACKAGE_ROOT, out, readSite(PACKAGE_ROOT));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(out, { recursive: true });
  });

  async function open(path: string, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options);
    await page.goto(String(pathToFileURL(join(out, path))));
    return page;
  }

  test("a search for a setting's word leads to the passage that has it", async () => {
    const page = await open("docs/concepts.html");
    await page.keyboard.press("/");
    await page.keyboard.type("calibr");
    const found = page.locator(".found a");
    await expect.poll(() => found.count()).toBeGreaterThan(2);
    expect(await found.first().innerText()).toMatch(/calibrat/i);
    await page.fill("input[type=search]", "BREAKER_RESET");
    await expect.poll(() => found.allInnerTexts()).toContainEqual(expect.stringContaining("Settings"));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/configuration\.html|operations\.html/);
    await page.close();
  });

  test("what nobody wrote of is not found, and Escape puts the list away", async () => {
    const page = await open("index.html");
    await page.fill("input[type=search]", "xyzzyplugh");
    await expect.poll(() => page.locator(".found").innerText()).toBe("Nothing found.");
    await page.keyboard.press("Escape");
    expect(await page.locator(".found").isVisible()).toBe(false);
    await page.close();
  });

  test.each(["light", "dark"] as const)("axe finds no serious fault, %s", async (colorScheme) => {
    for (const path of ["index.html", "docs/concepts.html", "docs/api.html"]) {
      const page = await open(path, { colorScheme });
      expect(await seriousFaults(page), path).toEqual([]);
      await page.close();
    }
  });

  test("on a phone nothing is wider than the window", async () => {
    for (const path of ["index.html", "docs/configuration.html", "docs/results.html"]) {
      const page = await open(path, { viewport: { width: 360, height: 740 } });
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      await page.close();
    }
  });
});
