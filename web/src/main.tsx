import { render } from "preact";
import { App } from "./app.js";
import "./style/base.css";
import "./style/page.css";
import "./style/answer.css";

const root = document.querySelector("#app");
if (root) render(<App />, root);
