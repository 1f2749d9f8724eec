import { Option } from "@commander-js/extra-typings";
import { describeSettings } from "../config/describe.js";
import { defineCommand, EXIT } from "./command.js";

/** `ONEPASS_MAX_TEXTS` -> `--max-texts`. */
const flagOf = (variable: string): string =>
  `--${variable
    .replace(/^ONEPASS_/, "")
    .toLowerCase()
    .replaceAll("_", "-")}`;

/** Group of the settings in the help; the manual has a page of their own for them. */
export const SETTINGS_GROUP = "Settings:";

export const serve = defineCommand({
  name: "serve",
  summary: "Starts the server.",
  description:
    "Every setting of docs/configuration.md is an option, too: ONEPASS_MAX_TEXTS is --max-texts. An option counts more than a variable.",
  examples: ["serve --port 9000 --models onepass-en"],
  failure: "the server could not start",
  define(command) {
    for (const { variable, values, default: usual, description } of describeSettings()) {
      const usually = usual === "" ? "" : ` (default: ${usual})`;
      const option = new Option(`${flagOf(variable)} <value>`, `${description} ${values}${usually}`);
      command.addOption(option.helpGroup(SETTINGS_GROUP));
    }
    return command;
  },
  read(given): Record<string, string> {
    const flags = given as Record<string, string>;
    return Object.fromEntries(
      describeSettings().flatMap(({ variable }) => {
        const name = flagOf(variable)
          .slice(2)
          .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
        return flags[name] === undefined ? [] : [[variable, flags[name]]];
      }),
    );
  },
  async run(settings) {
    Object.assign(process.env, settings);
    await import("../main.js"); // listens, and ends the process by itself
    return EXIT.done;
  },
});
