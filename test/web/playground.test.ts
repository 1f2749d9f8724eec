import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { KeyRing, makeKey } from "../../src/access/keys.js";
import { EngineError } from "../../src/errors.js";
import { OPEN_EDGE } from "../../src/http/edge.js";
import { fakeBundle } from "../classify/fakes.js";
import { harness, harnessWith } from "../http/harness.js";
import { CHROMIUM, openBrowser, overflow, seriousFaults, visit } from "./browser.js";

const PHONE = { viewport: { width: 360, height: 740 } };
const TEXT = "wake me at nine am";

describe.skipIf(CHROMIUM === undefined)("the playground", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const open = async (...options: Parameters<typeof visit> extends [Browser, ...infer Rest] ? Rest : never) => {
    const opened = await visit(browser, ...options);
    onTestFinished(() => opened[Symbol.asyncDispose]());
    return opened;
  };
  const opened = async (options: Parameters<typeof visit>[2] = {}) => {
    const fake = await harness();
    return { ...fake, ...(await open(fake.app, options)) };
  };

  test("a text is answered as it is typed: intent, slots in the text, topic with its group", async () => {
    const { page } = await opened();
    await page.keyboard.type(TEXT); // the box has the focus
    await expect.poll(() => page.getByLabel("Slots in the text").locator(".text").innerText()).toContain("nine am");
    const answer = page.getByRole("article", { name: "Answer" });
    expect(
      await answer.locator(".text mark").evaluateAll((marks) => marks.map((m) => m.firstChild?.textContent)),
    ).toEqual(["nine am"]);
    const [intent, topic] = await answer.locator(".best").allInnerTexts();
    expect(intent).toMatch(/^alarm_set\s+60\.0 %$/);
    expect(topic).toMatch(/^orbit\s+80\.0 %$/);
    expect(await answer.innerText()).toContain("Group sci");
    expect(await answer.getByRole("list", { name: "Intents" }).getByRole("listitem").allInnerTexts()).toHaveLength(3);
    expect(await page.locator("p[aria-live]").innerText()).toContain("Intent alarm_set, 60.0 %. Slots: time nine am.");
  });

  test("bars are as long as the confidence that they stand for", async () => {
    const { page } = await opened();
    await page.fill("#text", TEXT);
    const bars = page.getByRole("list", { name: "Intents" }).locator(".bar span");
    await bars.first().waitFor();
    const widths = await bars.evaluateAll((all) => all.map((bar) => (bar as unknown as HTMLElementLike).style.width));
    expect(widths.map(parseFloat)).toEqual([60, 30, 10].map((share) => expect.closeTo(share, 3)));
  });

  test("a slot tells its confidence to the mouse and to the keyboard, and Escape hides it", async () => {
    const { page } = await opened();
    await page.fill("#text", TEXT);
    const mark = page.locator("mark");
    const tip = mark.locator(".tip");
    await mark.hover();
    expect(await tip.innerText()).toBe("> 99.9 %");
    await page.mouse.move(0, 0);
    await expect.poll(() => tip.count()).toBe(0);
    await mark.focus();
    expect(await tip.count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await tip.count()).toBe(0);
  });

  test("another engine answers when it is chosen, and the calls ask for it", async () => {
    const { page, sent } = await opened();
    await page.fill("#text", TEXT);
    await page.getByRole("combobox", { name: "Engine" }).selectOption({ label: "dual-encoder, dual-encoder@1.0.0" });
    const answer = page.getByRole("article", { name: "Answer" });
    await expect.poll(() => answer.innerText()).toMatch(/^dual-encoder\s+of dual-encoder@1\.0\.0/);
    const body = { text: TEXT, model: "dual-encoder@1.0.0", engine: "dual-encoder" };
    expect(sent.findLast(({ path }) => path === "/classify")?.body).toEqual(body);
    await page.getByRole("tab", { name: "curl" }).click();
    expect(await page.getByLabel("Call in curl").innerText()).toContain(`-d '${JSON.stringify(body)}'`);
    await page.getByRole("tab", { name: "Python" }).click();
    expect(await page.getByLabel("Call in Python").innerText()).toContain('engine="dual-encoder"');
    await page.getByRole("tab", { name: "JSON" }).click();
    const json = JSON.parse(await page.getByLabel("Answer as JSON").innerText()) as object;
    expect(json).toMatchObject({ engine: "dual-encoder", slots: [{ value: "nine am" }] });
  });

  test("options become fields of the request", async () => {
    const { page, sent } = await opened();
    await page.fill("#text", `🎺 ${TEXT}`);
    await page.getByText("Options").click();
    await page.getByRole("checkbox", { name: "topic" }).uncheck();
    await page.getByLabel("top_k").fill("2");
    await page.getByLabel("oos_threshold").fill("0.9");
    await page.getByLabel("offsets").selectOption("code_points");
    const answer = page.getByRole("article", { name: "Answer" });
    await expect.poll(() => answer.innerText()).toContain("Out of scope");
    expect(await answer.innerText()).not.toContain("Topic");
    expect(await page.locator("mark").innerText()).toContain("nine am"); // an emoji before it is one code point
    expect(sent.findLast(({ path }) => path === "/classify")?.body).toEqual({
      text: `🎺 ${TEXT}`,
      tasks: ["intent", "slots"],
      top_k: 2,
      offsets: "code_points",
      oos_threshold: 0.9,
    });
  });

  test("engines are compared side by side, the failed one with its error beside the others' answers", async () => {
    const { page, engine } = await opened();
    engine("joint-encoder").before = () => Promise.reject(new EngineError("joint-encoder", new Error("broken")));
    await page.fill("#text", TEXT);
    await page.getByRole("tab", { name: "Side by side" }).click();
    const engines = page.getByRole("list", { name: "Engines side by side" }).locator("> li");
    await expect.poll(() => engines.count()).toBe(3);
    const [first, second, third] = await engines.allInnerTexts();
    for (const answered of [first, second]) expect(answered).toMatch(/alarm_set\s+60\.0 %[^]*nine am[^]*orbit[^]* ms/);
    expect(third).toContain("engine_failed");
    const tracks = await Promise.all((await engines.locator(".time").all()).map((track) => track.boundingBox()));
    expect(tracks.map((track) => track?.width)).toEqual([tracks[0]?.width, tracks[0]?.width]); // one scale
    await page.getByRole("checkbox", { name: /^single-pass/ }).uncheck();
    await expect.poll(() => engines.count()).toBe(2);
  });

  test("a text that is too long is explained, and its beginning read on request", async () => {
    const { page } = await opened();
    await page.fill("#text", "one two three four five six seven nine am");
    const trouble = page.getByRole("alert");
    await expect.poll(() => trouble.innerText()).toContain("This text is too long");
    expect(await trouble.innerText()).toContain("reads 8");
    await page.getByRole("button", { name: "Read its beginning" }).click();
    await expect.poll(() => page.locator(".answer").innerText()).toContain("Read the first 8 of 9 tokens.");
    expect(await trouble.count()).toBe(0);
  });

  test("a server that is gone is said to be, in words", async () => {
    const { page, server } = await opened();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await page.fill("#text", TEXT);
    await expect.poll(() => page.getByRole("alert").innerText()).toContain("can’t be reached");
  });

  test("a server with keys asks for one, and a good one opens it", async () => {
    const app = makeKey("app", ["classify"]);
    const fake = await harnessWith({ edge: { ...OPEN_EDGE, keys: new KeyRing([app.entry]) } });
    const { page } = await open(fake.app);
    const form = page.getByRole("form", { name: "API key" });
    await form.getByLabel("API key").fill("wrong");
    await form.getByRole("button").click();
    await expect.poll(() => form.innerText()).toContain("This key was not accepted");
    await form.getByLabel("API key").fill(app.secret);
    await page.keyboard.press("Enter");
    await expect.poll(() => form.count()).toBe(0);
    await page.fill("#text", TEXT);
    await expect.poll(() => page.locator(".best").count()).toBe(2);
    expect(await page.getByRole("region", { name: "Live" }).innerText()).toContain("need a key of scope metrics");
    await page.getByRole("tab", { name: "curl" }).click();
    const curl = await page.getByLabel("Call in curl").innerText();
    expect(curl).toContain("Bearer $ONEPASS_KEY");
    expect(curl).not.toContain(app.secret);
    await page.reload(); // the tab remembers it
    await expect.poll(() => page.getByRole("region", { name: "Models" }).innerText()).toContain("single-pass");
    await page.getByRole("button", { name: "Forget the key" }).click();
    await expect.poll(() => form.count()).toBe(1);
  });

  test("the live panel shows times of the answers; without metrics it says so", async () => {
    const { page } = await opened();
    await page.fill("#text", TEXT);
    const live = page.getByRole("region", { name: "Live" });
    await expect.poll(() => live.innerText(), { timeout: 20_000 }).toMatch(/p50\s+[\d.]+ ms\s+p95\s+[\d.]+ ms/);
    const apart = await harnessWith({ opsApart: true });
    const other = await open(apart.app);
    await expect
      .poll(() => other.page.getByRole("region", { name: "Live" }).innerText())
      .toContain("metrics of this server are kept elsewhere");
  });

  test("a model shows its card, whose HTML is text", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bundle-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const card = "# Some model\n\n<img src=x onerror=alert(1)>\n\n| data | rows |\n|---|---|\n| massive | 2033 |\n";
    await writeFile(join(folder, "MODEL_CARD.md"), card);
    const { app } = await harness([{ ...fakeBundle("single-pass"), folder }]);
    const { page } = await open(app);
    await page.getByRole("button", { name: /^Model card/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "Some model" }).waitFor();
    expect(await dialog.getByRole("cell").allInnerTexts()).toEqual(["massive", "2033"]);
    expect(await dialog.innerText()).toContain("<img src=x");
    expect(await dialog.locator("img").count()).toBe(0);
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
  });

  test("everything is reached without a mouse", async () => {
    const { page } = await opened();
    await page.keyboard.type(TEXT);
    await page.locator("mark").waitFor();
    await tabTo(page, "select"); // the engine
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.locator(".answer").innerText()).toMatch(/^dual-encoder\s+of/);
    await tabTo(page, "[role=tab]");
    await page.keyboard.press("ArrowRight");
    expect(await focused(page)).toBe("Side by side");
    await page.getByRole("list", { name: "Engines side by side" }).waitFor();
    await page.keyboard.press("ArrowRight"); // round again
    expect(await focused(page)).toBe("Answer");
    await tabTo(page, "mark");
    expect(await page.locator(".tip").count()).toBe(1);
    await tabTo(page, "[role=tab]");
    await page.keyboard.press("End");
    expect(await focused(page)).toBe("Python");
    await tabTo(page, ".models button");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
  });

  test("text from right to left reads from the right, and its slots are where they were said", async () => {
    const { page } = await opened();
    const text = "أيقظني في nine am غدا";
    await page.fill("#text", text);
    const shown = page.locator(".text");
    await expect.poll(() => shown.locator("mark").count()).toBe(1);
    for (const place of [".text", "#text"]) {
      expect(await page.evaluate(`getComputedStyle(document.querySelector("${place}")).direction`)).toBe("rtl");
    }
    expect(await shown.locator("mark").evaluate((mark) => mark.firstChild?.textContent)).toBe("nine am");
    // The first word stands right of the slot.
    const [first, slot] = await page.evaluate<[number, number]>(`(() => {
      const left = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };
      const text = document.querySelector(".text");
      return [left(text.firstChild).right, left(text.querySelector("mark")).right];
    })()`);
    expect(first).toBeGreaterThan(slot);
  });

  test("on a phone nothing is wider than the screen", async () => {
    const long = "x".repeat(300);
    const { page } = await opened({ ...PHONE, hasTouch: true, isMobile: true });
    await page.fill("#text", `nine am ${long}`);
    await page.locator("mark").waitFor();
    expect(await overflow(page)).toBe(0);
    for (const tab of ["Side by side", "curl", "TypeScript", "Python"]) {
      await page.getByRole("tab", { name: tab }).click();
      if (tab === "Side by side") await page.locator(".comparison").waitFor();
      expect(await overflow(page), tab).toBe(0);
    }
    await page.getByText("Options").click();
    await page
      .getByText(/intents/)
      .first()
      .click();
    expect(await overflow(page)).toBe(0);
  });

  test.each(["light", "dark"] as const)("axe finds no serious fault in the %s theme", async (colorScheme) => {
    const { page, engine } = await opened({ colorScheme });
    expect(await seriousFaults(page), "empty").toEqual([]);
    await page.fill("#text", TEXT);
    await page.locator("mark").hover();
    await page.getByText("Options").click();
    expect(await seriousFaults(page), "answered").toEqual([]);
    engine("joint-encoder").before = () => Promise.reject(new EngineError("joint-encoder", new Error("broken")));
    await page.getByRole("tab", { name: "Side by side" }).click();
    await page.locator(".comparison").waitFor();
    expect(await seriousFaults(page), "compared").toEqual([]);
    await page.getByRole("tab", { name: "Answer", exact: true }).click();
    await page.fill("#text", "one two three four five six seven eight nine");
    await page.getByRole("alert").waitFor();
    expect(await seriousFaults(page), "in trouble").toEqual([]);
    await page
      .getByRole("button", { name: /^Model card/ })
      .first()
      .click();
    await page.getByRole("dialog").getByRole("alert").waitFor();
    expect(await seriousFaults(page), "card").toEqual([]);
  });

  test("a theme that was chosen stays", async () => {
    const { page } = await opened({ colorScheme: "light" });
    const background = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const light = await background();
    await page.getByLabel("Theme").selectOption("dark");
    await expect.poll(background).not.toBe(light);
    await page.reload();
    await expect.poll(background).not.toBe(light);
  });

  test("the page of the API shows the operations of this server, from its own files", async () => {
    const { page } = await opened({ path: "/docs" });
    await page.getByText("Intent, slots and topic of one text or of several").first().waitFor();
    expect(await page.getByText("One text, answered by several engines side by side").count()).toBeGreaterThan(0);
  });

  test.each(["light", "dark"] as const)(
    "axe finds no serious fault in the page of the API, %s",
    async (colorScheme) => {
      const { page } = await opened({ path: "/docs", colorScheme });
      await page.getByText("Intent, slots and topic of one text or of several").first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);
    },
  );
});

interface HTMLElementLike {
  readonly style: { readonly width: string };
}

/** Presses Tab until something that fits has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`no Tab leads to ${selector}`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.textContent");
}
