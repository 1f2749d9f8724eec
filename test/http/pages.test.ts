import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import express from "express";
import supertest from "supertest";
import { expect, test } from "vitest";
import { pageRoutes } from "../../src/http/pages.js";
import { ErrorAnswer } from "../../src/http/schemas.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { harness } from "./harness.js";

const BUILT = join(PACKAGE_ROOT, "dist/web");
const LARGEST_BYTES = 100 * 1024;

/** Files of the build without the copies that are packed already, by page or for both. */
function filesOf(page: "index" | "docs"): string[] {
  const other = page === "index" ? "docs" : "index";
  const files = readdirSync(BUILT, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.(html|js|css|svg|woff2)$/.test(file) && !file.includes(other));
}

test("all of the playground is at most 100 KB, packed", () => {
  const sizes = filesOf("index").map((file) => gzipSync(readFileSync(join(BUILT, file))).length);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(LARGEST_BYTES);
});

test.each(["/", "/docs"])("%s comes with a policy that lets in nothing but its own files", async (path) => {
  const { http } = await harness();
  const { headers, text } = await http
    .get(path)
    .expect(200)
    .expect("Content-Type", /^text\/html/);
  const policy = headers["content-security-policy"]!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain(path === "/" ? "style-src 'self';" : "style-src 'self' 'unsafe-inline';");
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval|data:|upgrade-insecure-requests/);
  expect(headers["cache-control"]).toBe("no-cache");
  // What the policy would forbid is not there, either.
  expect(text).not.toMatch(/<script(?![^>]* src="\.\/)|<style|\sstyle=|\son\w+=|https?:\/\//);
  for (const [, file] of text.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)) await http.get(file!).expect(200);
});

test("a file whose name has its hash is kept for a year, and comes packed to who can unpack it", async () => {
  const { http } = await harness();
  const script = filesOf("index").find((file) => /index.*\.js$/.test(file))!;
  const { headers } = await http.get(`/${script}`).expect(200);
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(headers["content-encoding"]).toBe("gzip");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const plain = await http.get(`/${script}`).set("Accept-Encoding", "identity").expect(200);
  expect(plain.headers).not.toHaveProperty("content-encoding");
});

test.each(["/assets/none.js", "/assets/..%2findex.html", "/assets/%2e%2e/%2e%2e/package.json", "/index.html"])(
  "%s is no file of a page",
  async (path) => {
    const { http } = await harness();
    const { body } = await http.get(path).expect(404);
    expect(ErrorAnswer.parse(body).error.code).toBe("not_found");
  },
);

test("a page is read, never written", async () => {
  const { http } = await harness();
  await http.post("/").expect(405).expect("Allow", "GET, HEAD");
});

test("without a build the pages say how to make them", async () => {
  const app = express();
  app.use(pageRoutes(join(PACKAGE_ROOT, "nowhere")));
  const { text } = await supertest(app).get("/");
  expect(text).toContain("npm run build");
});
