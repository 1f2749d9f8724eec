import "openapi-explorer/dist/browser/openapi-explorer.min.js";
import "./style/docs.css";

const explorer = document.createElement("openapi-explorer");
explorer.setAttribute("spec-url", new URL("openapi.json", document.baseURI).href);
document.querySelector("#docs")?.append(explorer);
