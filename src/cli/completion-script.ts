import type { Command, OptionValues } from "@commander-js/extra-typings";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

type Tree = Command<unknown[], OptionValues, OptionValues>;

/** A command with what can stand behind it. */
interface Node {
  /** Words of the command line up to here, without the program: "bundle gguf". */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly { readonly flag: string; readonly takesValue: boolean; readonly description: string }[];
}

/** The script that a shell reads: no process of ours runs while somebody types. */
export function completionScript(shell: Shell, root: Tree): string {
  const nodes = nodesOf(root, []);
  return { bash, zsh, fish }[shell](nodes);
}

function nodesOf(command: Tree, path: readonly string[]): Node[] {
  const node: Node = {
    path: path.join(" "),
    commands: command.commands.map((child) => ({
      name: child.name(),
      summary: child.summary() || child.description(),
    })),
    options: [
      ...command.options.map(({ long, required, optional, description }) => ({
        ...{ flag: long ?? "", takesValue: required || optional, description },
      })),
      { flag: "--help", takesValue: false, description: "tell more" },
    ],
  };
  return [node, ...command.commands.flatMap((child) => nodesOf(child, [...path, child.name()]))];
}

const words = ({ commands, options }: Node): string =>
  [...commands.map(({ name }) => name), ...options.map(({ flag }) => flag)].join(" ");

const flagsWithValue = ({ options }: Node): string[] =>
  options.filter(({ takesValue }) => takesValue).map(({ flag }) => flag);

/** Behind an option that takes a value, and where no word fits, file names are completed. */
function bash(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => {
    const values = flagsWithValue(node).join("|");
    return `    "${node.path}") words="${words(node)}" valued="|${values}|" ;;`;
  });
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => `"${path}"`);
  return `# bash completion for onepass; made by \`onepass completion bash\`
_onepass() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" valued="" i next
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in ${paths.join("|")}) path="$next" ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  if [[ "$valued" == *"|$previous|"* ]]; then return; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -o bashdefault -F _onepass onepass
`;
}

function zsh(nodes: readonly Node[]): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
  const cases = nodes.map((node) => {
    const described = [
      ...node.commands.map(({ name, summary }) => `'${name}:${quoted(summary)}'`),
      ...node.options.map(({ flag, description }) => `'${flag}:${quoted(description)}'`),
    ];
    return `    '${node.path}') valued='|${flagsWithValue(node).join("|")}|'; described=(${described.join(" ")}) ;;`;
  });
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => `'${path}'`);
  return `#compdef onepass
# zsh completion for onepass; made by \`onepass completion zsh\`
_onepass() {
  local path_='' next valued=''
  local -a described
  local i
  for ((i = 2; i < CURRENT; i++)); do
    next="\${path_:+$path_ }\${words[i]}"
    case "$next" in ${paths.join("|")}) path_="$next" ;; esac
  done
  case "$path_" in
${cases.join("\n")}
  esac
  if [[ "$valued" == *"|\${words[CURRENT-1]}|"* ]]; then _files; return; fi
  _describe 'onepass' described || _files
}
if [ "$funcstack[1]" = "_onepass" ]; then _onepass "$@"; else compdef _onepass onepass; fi
`;
}

function fish(nodes: readonly Node[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = nodes.flatMap((node) => {
    const parts = node.path === "" ? [] : node.path.split(" ");
    const here = [
      ...parts.map((part) => `__fish_seen_subcommand_from ${part}`),
      ...(node.commands.length > 0
        ? [`not __fish_seen_subcommand_from ${node.commands.map(({ name }) => name).join(" ")}`]
        : []),
    ].join("; and ");
    const when = here === "" ? "" : ` -n ${quoted(here)}`;
    return [
      ...node.commands.map(({ name, summary }) => `complete -c onepass -f${when} -a ${name} -d ${quoted(summary)}`),
      ...node.options.map(
        ({ flag, takesValue, description }) =>
          `complete -c onepass${when} -l ${flag.slice(2)}${takesValue ? " -r" : ""} -d ${quoted(description)}`,
      ),
    ];
  });
  return `# fish completion for onepass; made by \`onepass completion fish\`\n${lines.join("\n")}\n`;
}
