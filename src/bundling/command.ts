import { OnepassError } from "../errors.js";
import { BundlingError } from "./errors.js";
import { makeBundle } from "./make.js";
import { parseOptions, USAGE, type Options } from "./options.js";
import { prove } from "./prove.js";

/** Where the command writes what it has to tell. */
export interface Screens {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const EXIT = { done: 0, badInput: 2 } as const;

/**
 * `npm run bundle:encoder`. @param args the command line without the program.
 * @returns the exit code. What the caller can set right is told on `stderr`; rejects with anything else.
 */
export async function bundleEncoderCommand(args: readonly string[], screens: Screens): Promise<number> {
  try {
    const options = parseOptions(args);
    screens.stdout.write((options === "help" ? USAGE : await run(options)) + "\n");
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof BundlingError || error instanceof OnepassError)) throw error;
    screens.stderr.write(`${error.message}\n`);
    return EXIT.badInput;
  }
}

async function run(options: Options): Promise<string> {
  let answer = "";
  const { name, version } = await makeBundle(options, async (folder) => {
    const proof = await prove(folder);
    answer = proof.answer;
    return proof.manifest;
  });
  return `${options.out} is ${name}@${version}. It answers\n  ${answer}`;
}
