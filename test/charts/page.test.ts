import { expect, test } from "vitest";
import { htmlPage, htmlTable } from "../../src/charts/page.js";

test("a report allows itself to load nothing and to run nothing", () => {
  const page = htmlPage({ title: "a < b", style: "b { color: red }", body: "<h1>a</h1>" });
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).toContain("<title>a &lt; b</title>");
  expect(page).toMatch(/<style>[^]*b \{ color: red \}<\/style>[^]*<body>\n<h1>a<\/h1>\n<\/body>/);
});

test("what a table holds is text, whatever it looks like", () => {
  const table = htmlTable("<t>", ["<h>"], [["<script>", 1]]);
  expect(table).not.toMatch(/<script>|<h>|<t>/);
  expect(table).toContain("<tr><td>&lt;script&gt;</td><td>1</td></tr>");
});
