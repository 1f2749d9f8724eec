import { expect, test } from "vitest";
import { frontier } from "../../../../src/proof/loadtest/html/comparisons.js";
import { page } from "../../../../src/proof/loadtest/html/page.js";
import { report } from "../reports.js";

const html = page(report());

test("the page has every plot and every table", () => {
  for (const title of [
    "Ratios of p50 with 95 % intervals",
    "Distribution of latency, one client",
    "Latency against load, p50",
    "Latency against load, p99",
    "Throughput against clients",
    "Where the time goes, one client",
    "Tokens a request",
    "Intent accuracy against latency",
    "Slot F1 against latency",
  ]) {
    expect(html.split(`<figure><h3>${title}</h3>`), title).toHaveLength(2);
    expect(html.split(`<svg role="img" aria-label="${title}"`), title).toHaveLength(2);
  }
  expect(html.match(/<table>/g)).toHaveLength(5);
  expect(html).toContain("<td>0.100 to 0.100</td>");
});

test("the page is one file: no script, no link, nothing that is fetched", () => {
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|javascript:|\son\w+="/i);
  expect(html.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:\/\//);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test("plots take their colours from the page's style, so that they are seen in the dark", () => {
  const svg = html.slice(html.indexOf("<svg"), html.lastIndexOf("</svg>"));
  expect(svg).toContain('fill="var(--ink)"');
  expect(svg).toContain('stroke="var(--series-0)"');
  expect(svg.match(/#\w{6}|rgba?\([^)]*\)/g)?.filter((colour) => colour !== "#000000") ?? []).toEqual([]);
  expect(html).toContain("prefers-color-scheme: dark");
});

test("ids of the plots do not collide", () => {
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a quick run has no plots of load and throughput", () => {
  const closed = report().blocks.length;
  expect(closed).toBeGreaterThan(0);
  const quick = report();
  const one = quick.targets.map((target) => ({ ...target, loads: [], clients: target.clients.slice(0, 1) }));
  const told = page({ ...quick, targets: one });
  expect(told).not.toContain("Throughput against clients");
  expect(told).not.toContain("Latency against load");
  expect(told).toContain("Distribution of latency");
});

test("a disturbed and partial run says so above the figures", () => {
  const told = page(report({ failure: "the server ended" }, Array<number>(37).fill(20).with(1, 30)));
  const notices = told.slice(told.indexOf('class="notices"'), told.indexOf("<h2>"));
  expect(notices).toContain("Partial: the run ended early (the server ended)");
  expect(notices).toContain("Disturbed: beside 2 of 36 blocks");
});

test("what comes from outside is text, never markup", () => {
  const told = page(report({ failure: '<b onclick="x">&' }));
  expect(told).toContain("&lt;b onclick=&quot;x&quot;&gt;&amp;");
  expect(told).not.toContain("<b onclick");
});

test("a run that measured nothing makes a page", () => {
  expect(page(report({ failure: "interrupted" }, [], []))).toContain("Partial");
});

test("the frontier has those that no other is both faster and better than", () => {
  const place = (label: string, ms: number, score: number) => ({ label, ms, score, index: 0 });
  const places = [
    place("slow best", 90, 95),
    place("fast", 4, 80),
    place("beaten", 50, 79),
    place("middle", 20, 90),
    place("tie", 4, 70),
  ];
  expect(frontier(places).map(({ label }) => label)).toEqual(["fast", "middle", "slow best"]);
});
