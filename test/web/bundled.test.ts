import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../src/package.js";
import { loaded, startProcess, urlOf } from "../e2e/process.js";
import { CHROMIUM, openBrowser } from "./browser.js";

const MODELS = join(PACKAGE_ROOT, "models");
const bundled = existsSync(MODELS) && readdirSync(MODELS).some((name) => existsSync(join(MODELS, name, "bundle.json")));
if (!bundled) console.warn("SKIPPED: the playground on the bundled models, since models/ holds no bundle");

/** `ONEPASS_PICTURES=1` writes the pictures of the docs; a usual run changes no file. */
const PICTURES = process.env.ONEPASS_PICTURES === "1" ? join(PACKAGE_ROOT, "docs/images") : undefined;
const LARGEST_PICTURE_BYTES = 200_000;
const LOADING_MS = 300_000; // on a machine that does other things too
const PATIENT = { timeout: 60_000 };

describe.skipIf(CHROMIUM === undefined || !bundled)("the playground on the bundled models", () => {
  let server: ChildProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    server = startProcess({ ONEPASS_TIMEOUT_MS: "120000" });
    const url = await urlOf(server);
    await loaded(url);
    browser = await openBrowser();
    context = await browser.newContext({ viewport: { width: 1240, height: 880 }, colorScheme: "light" });
    page = await context.newPage();
    await page.goto(url);
  }, LOADING_MS);

  afterAll(async () => {
    server.kill("SIGKILL");
    await browser.close();
  });

  test("an example is answered with its slots, and its model has a card", async () => {
    await page.getByRole("button", { name: "wake me up at nine on friday" }).click();
    const answer = page.getByRole("article", { name: "Answer" });
    await expect.poll(() => answer.locator("mark").count(), PATIENT).toBeGreaterThan(1);
    expect(await answer.locator(".best").first().innerText()).toContain("alarm_set");
    const live = page.getByRole("region", { name: "Live" });
    await expect.poll(() => live.innerText(), PATIENT).toMatch(/p50\s+[\d.]+ m?s/);
    await answer.getByText("friday").first().hover();
    await picture(page, "playground-light");
    await page
      .getByRole("button", { name: /^Model card/ })
      .first()
      .click();
    const card = page.getByRole("dialog");
    await card.getByRole("heading", { name: "Dev figures" }).waitFor(PATIENT);
    expect(await card.getByRole("table").count()).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
  });

  test("every engine that reads is compared", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByRole("tab", { name: "Side by side" }).click();
    const engines = page.getByRole("list", { name: "Engines side by side" }).locator("> li");
    await expect.poll(() => engines.count(), PATIENT).toBeGreaterThan(1);
    expect(await engines.locator(".time").count()).toBe(await engines.count());
    await page.getByRole("heading", { name: "onepass" }).hover();
    await picture(page, "playground-dark");
  });
});

/** Of what is in the window, when pictures are asked for. */
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  const path = join(PICTURES, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect(statSync(path).size, path).toBeLessThan(LARGEST_PICTURE_BYTES);
}
