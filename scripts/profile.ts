import { OptionError, ProfileError } from "../src/profile/errors.js";
import { parseOptions, USAGE } from "../src/profile/options.js";
import { profile } from "../src/profile/run.js";

const BAD_OPTIONS = 2;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) {
    console.log(USAGE);
    return;
  }
  console.log(await profile(options, process.env));
  console.log(`Written: ${options.out}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ProfileError ? error.message : error);
  process.exitCode = error instanceof OptionError ? BAD_OPTIONS : 1;
});
