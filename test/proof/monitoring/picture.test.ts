import { expect, test } from "vitest";
import { legend, type DrawnPanel } from "../../../src/proof/monitoring/check.js";
import { filledIn, readPanels } from "../../../src/proof/monitoring/files.js";
import { drawDashboard } from "../../../src/proof/monitoring/picture.js";

const START = 1_700_000_000;
const panels = readPanels();

/** The panels as if each query had found one line. */
const drawn: DrawnPanel[] = panels.map((panel) => ({
  panel,
  lines: [{ name: "a <series>", points: Array.from({ length: 60 }, (_, i) => [START + i, 0.5 + i / 100] as const) }],
}));

test("every panel is drawn with its title and its line", () => {
  const svg = drawDashboard(drawn);
  for (const { title } of panels) expect(svg).toContain(`>${title}</text>`);
  expect(svg.match(/a &lt;series&gt;/g)?.length).toBeGreaterThanOrEqual(panels.length);
  expect(svg).not.toMatch(/<script|<style|NaN/);
  expect(svg.length).toBeLessThan(300_000);
});

test("lines that are stacked lie on each other at the same time, whenever each of them begins", () => {
  const panel = panels.find(({ title }) => title === "Requests")!;
  const rising = Array.from({ length: 10 }, (_, i) => [START + i, i] as const);
  const late = Array.from({ length: 5 }, (_, i) => [START + 5 + i, 9] as const);
  const lines = [rising, late].map((points, i) => ({ name: `${i}`, points }));
  const svg = drawDashboard([{ panel, lines }]);
  const heights = [...svg.matchAll(/d="M([^"Z]+)" fill="none" stroke="#\w+" stroke-width="1.2"/g)].map(
    ([, path = ""]) => path.split("L").map((point) => Number(point.split(" ")[1])),
  );
  const [lower, upper] = heights as [number[], number[]];
  const bottom = lower[0]!;
  expect((bottom - upper.at(-1)!) / (bottom - lower.at(-1)!)).toBeCloseTo(2, 1); // 9 + 9 over 9
  expect(upper[1]).toBe(lower[1]); // before the late one begins
});

test("a panel without anything to show is drawn empty", () => {
  const [first] = panels;
  expect(drawDashboard([{ panel: first!, lines: [] }])).toContain(first!.title);
});

test("a line is named as Grafana names it", () => {
  expect(legend("{{route}} {{ status }}", { route: "/classify", status: "200" })).toBe("/classify 200");
  expect(legend("{{instance}} p99", {})).toBe("p99");
});

test("Grafana's variables are filled in", () => {
  const expr = 'rate(a{job=~"$job"}[$__rate_interval]) + rate(a{job=~"$job"}[5m])';
  expect(filledIn({ expr }, "onepass", "15s")).toBe('rate(a{job=~"onepass"}[15s]) + rate(a{job=~"onepass"}[5m])');
  for (const { targets } of panels) {
    for (const target of targets) expect(filledIn(target, "j", "1m")).not.toContain("$");
  }
});
