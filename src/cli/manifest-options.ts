import type { Command, OptionValues } from "@commander-js/extra-typings";

/** Adds what a bundle's manifest says of a model besides how it is run. */
export function withManifest<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .option("--version <version>", "as the manifest names it", "0.1.0")
    .option("--description <text>", "as the manifest has it")
    .option("--language <code>", "of the texts", "en")
    .option("--license <name>", "of the weights", "unknown");
}
