import { defineCommand, EXIT, type CliCommand } from "./command.js";
import { completionScript, SHELLS } from "./completion-script.js";
import { oneOf } from "./values.js";

/** commands: all of the command line, this one included; asked for when it is needed. */
export const completionOf = (commands: () => Promise<readonly CliCommand[]>) =>
  defineCommand({
    name: "completion",
    summary: "Prints what makes a shell complete commands and options.",
    description: [
      "bash: onepass completion bash > ~/.local/share/bash-completion/completions/onepass",
      'zsh:  onepass completion zsh > "${fpath[1]}/_onepass"',
      "fish: onepass completion fish > ~/.config/fish/completions/onepass.fish",
    ].join("\n"),
    examples: ["completion bash"],
    define: (command) => command.argument("<shell>", SHELLS.join(" | "), oneOf(SHELLS)),
    read: (_given, shell) => shell,
    async run(shell, { stdout }) {
      const { program } = await import("./program.js");
      stdout.write(
        completionScript(
          shell,
          program(() => undefined, await commands()),
        ),
      );
      return EXIT.done;
    },
  });
