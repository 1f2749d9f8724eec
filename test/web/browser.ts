import { existsSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { expect } from "vitest";
import { listen, urlOf } from "../../src/http/server.js";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** A Chromium of this machine; `CHROMIUM` names another. */
export const CHROMIUM = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
if (CHROMIUM === undefined)
  console.warn(`SKIPPED: the pages in a browser, since there is none of ${PLACES.join(", ")}`);

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ ...(CHROMIUM && { executablePath: CHROMIUM }), args: QUIET });
}

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly server: Server;
  /** Requests that the page has sent, oldest first. */
  readonly sent: { readonly path: string; readonly body: unknown }[];
}

/**
 * Opens a page of an app in a browser profile of its own. When the visit is over nothing may have been asked of another host,
 * nothing have broken the page's policy, and no script have failed.
 */
export async function visit(
  browser: Browser,
  app: RequestListener,
  { path = "/", ...options }: BrowserContextOptions & { readonly path?: string } = {},
): Promise<Visit> {
  const server = await listen(createServer(app), "127.0.0.1", 0);
  const origin = urlOf(server);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const sent: { path: string; body: unknown }[] = [];
  const faults: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin === origin) sent.push({ path: url.pathname, body: request.postDataJSON() as unknown });
    else if (url.protocol !== "data:" && url.protocol !== "blob:") faults.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  await page.goto(origin + path);
  return {
    page,
    server,
    sent,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      server.closeAllConnections();
      server.close();
      expect(faults).toEqual([]);
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds serious or worse in a page as it is now. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<
    { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
  >("axe.run().then(({ violations }) => violations)");
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

/** By how many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>("document.scrollingElement.scrollWidth - window.innerWidth");
}
