import "openapi-explorer/dist/browser/openapi-explorer.min.js";
import "./style/docs.css";

/** The viewer takes colours as hex alone, so the playground's two themes stand here once more. */
const LIGHT = {
  "bg-color": "#ffffff",
  "header-bg-color": "#f7f7f5",
  "text-color": "#191c1b",
  "header-color": "#191c1b",
  "primary-color": "#0f766e",
  "secondary-color": "#0f766e",
  "nav-bg-color": "#f7f7f5",
  "nav-text-color": "#3c403e",
  "nav-hover-bg-color": "#d5f0eb",
  "nav-hover-text-color": "#0b5a54",
};
const DARK: typeof LIGHT = {
  "bg-color": "#181c1b",
  "header-bg-color": "#101312",
  "text-color": "#eceeed",
  "header-color": "#eceeed",
  "primary-color": "#4fd1c1",
  "secondary-color": "#4fd1c1",
  "nav-bg-color": "#101312",
  "nav-text-color": "#c4cac7",
  "nav-hover-bg-color": "#12403b",
  "nav-hover-text-color": "#8ee9dc",
};

const explorer = document.createElement("openapi-explorer");
for (const [name, value] of Object.entries({
  "spec-url": new URL("openapi.json", document.baseURI).href,
  "server-url": new URL(".", document.baseURI).href.replace(/\/$/, ""),
  "hide-server-selection": "true",
  ...(isDark() ? DARK : LIGHT),
})) {
  explorer.setAttribute(name, value);
}
document.documentElement.dataset.theme = isDark() ? "dark" : "light";
document.querySelector("#docs")?.append(explorer);

/** What was chosen in the playground, or else what the system says. */
function isDark(): boolean {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem("onepass-theme");
  } catch {
    // a browser may forbid it
  }
  return chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}
