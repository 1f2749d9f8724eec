import { join } from "node:path";
import { defineConfig } from "vite";

/** Two pages without a word of script or style in their HTML, so that a strict content security policy lets them in. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./", // a proxy may serve the pages below a path of its own
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: join(import.meta.dirname, "../dist/web"),
    emptyOutDir: true,
    assetsInlineLimit: 0, // data: URLs are not in the policy
    modulePreload: { polyfill: false },
    target: "es2023",
    license: { fileName: "assets/licenses.md" },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: [join(import.meta.dirname, "index.html"), join(import.meta.dirname, "docs.html")],
    },
  },
});
