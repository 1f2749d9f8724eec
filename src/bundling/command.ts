import { bundleId } from "../bundle/bundle.js";
import type { Screen } from "../screen.js";
import type { MadeBundle } from "./gguf.js";
import { makeBundle } from "./make.js";
import type { Options } from "./options.js";
import { prove } from "./prove.js";

/** `onepass bundle encoder`. Returns the exit code. @throws BundlingError, OnepassError */
export async function bundleEncoderCommand(options: Options, json: boolean, stdout: Screen): Promise<number> {
  let answer = "";
  const manifest = await makeBundle(options, async (folder) => {
    const proof = await prove(folder);
    answer = proof.answer;
    return proof.manifest;
  });
  tellBundle(options.out, { manifest, answer }, json, stdout);
  return 0;
}

/** Where the bundle lies, what it is called, and its first answer. */
export function tellBundle(folder: string, { manifest, answer }: MadeBundle, json: boolean, stdout: Screen): void {
  const model = bundleId({ manifest });
  stdout.write(
    json ? `${JSON.stringify({ folder, model, answer })}\n` : `${folder} is ${model}. It answers\n  ${answer}\n`,
  );
}
