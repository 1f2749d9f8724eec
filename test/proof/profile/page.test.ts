import { expect, test } from "vitest";
import type { Flame } from "../../../src/proof/profile/flame.js";
import { profilePage } from "../../../src/proof/profile/page.js";

const frame = { name: "<script>alert(1)</script>", place: "src/a.js:1", owner: "onepass", start: 0, self: 250 };
const flame: Flame = {
  frames: [
    { ...frame, name: "outer", depth: 0, total: 1000, self: 750 },
    { ...frame, depth: 1, total: 250 },
  ],
  busy: 1000,
  idle: 0,
};

test("loads nothing, and no name ends a script", () => {
  const page = profilePage(flame, [["Asked for", "<b> & co"]], 10, 'const library = "</script>";');
  expect(page).not.toMatch(/(src|href)=|https?:/);
  expect(page.match(/<script/g)).toHaveLength(3);
  expect(page.match(/<\/script>/g)).toHaveLength(3);
  expect(page).toContain("&lt;b&gt; &amp; co");
  expect(page).toContain("&lt;script&gt;alert(1)");
});

test("carries the frames, one row a frame, and the time of a request", () => {
  const page = profilePage(flame, [], 10, "");
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)?.[1] ?? "";
  expect(JSON.parse(data)).toMatchObject({
    names: ["outer", "<script>alert(1)</script>"],
    rows: [
      [0, 1000, 0, 750, 0],
      [0, 250, 1, 250, 1],
    ],
    levels: 2,
    busy: 1000,
  });
  expect(page).toContain("<td>onepass</td><td>100.0</td><td>100.0 %</td>");
});
