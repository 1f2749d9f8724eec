import { expect, test } from "vitest";
import { intoPage } from "../../src/proof/into-page.js";

test("tables go between the marks of their command, again and again", () => {
  const page = "a\n<!-- npm run x: begin -->\nold\n<!-- npm run x: end -->\nb\n";
  const once = intoPage(page, "npm run x", "new\n");
  expect(once).toBe("a\n<!-- npm run x: begin -->\n\nnew\n\n<!-- npm run x: end -->\nb\n");
  expect(intoPage(once, "npm run x", "new")).toBe(once);
});

test("a page without the marks is told", () => {
  const page = "<!-- npm run x: end -->\n<!-- npm run x: begin -->\n";
  expect(() => intoPage(page, "npm run x", "new")).toThrow(RangeError);
  expect(() => intoPage("# Page\n", "npm run x", "new")).toThrow("the page has no <!-- npm run x: begin -->");
});
