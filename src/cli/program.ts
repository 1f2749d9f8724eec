import { Command, type OptionValues } from "@commander-js/extra-typings";
import { PACKAGE_VERSION } from "../package.js";
import type { CliCommand } from "./command.js";
import { COMMANDS, GROUPS } from "./commands.js";

type Tree = Command<unknown[], OptionValues, OptionValues>;

const HEADINGS = { users: "Commands:", developers: "For developers of onepass:" } as const;

/** The whole command line of `onepass`. take: is given what to do. */
export function program(
  take: Parameters<CliCommand["inTree"]>[0] = () => undefined,
  commands: readonly CliCommand[] = COMMANDS,
): Tree {
  const root: Tree = new Command<unknown[]>("onepass")
    .description("Intent, slots and topic of a text, from one forward pass of one small model.")
    .version(PACKAGE_VERSION, "--version", "print the version")
    .helpCommand(false);
  for (const command of commands) {
    const [group, name] = command.name.split(" ");
    const parent = name === undefined ? root : groupIn(root, group!, command);
    parent.addCommand(command.inTree(take).helpGroup(HEADINGS[command.audience]));
  }
  root.addHelpText("after", "\n`onepass COMMAND --help` tells more. docs/cli.md has it all on one page.");
  return root;
}

function groupIn(root: Tree, name: string, { audience }: CliCommand): Tree {
  const there = root.commands.find((child) => child.name() === name);
  if (there) return there;
  const group = new Command<unknown[]>(name).description(GROUPS[name] ?? "").helpCommand(false);
  root.addCommand(group.helpGroup(HEADINGS[audience]));
  return group;
}
