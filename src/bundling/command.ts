import type { Screen } from "../evaluation/progress.js";
import { makeBundle } from "./make.js";
import type { Options } from "./options.js";
import { prove } from "./prove.js";

/** `onepass bundle encoder`. Returns the exit code. @throws BundlingError, OnepassError */
export async function bundleEncoderCommand(options: Options, { stdout }: { readonly stdout: Screen }): Promise<number> {
  let answer = "";
  const { name, version } = await makeBundle(options, async (folder) => {
    const proof = await prove(folder);
    answer = proof.answer;
    return proof.manifest;
  });
  stdout.write(`${options.out} is ${name}@${version}. It answers\n  ${answer}\n`);
  return 0;
}
