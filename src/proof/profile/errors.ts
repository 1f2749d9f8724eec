import { CommandError } from "../../errors.js";

/** The server could not be profiled. The message says why. */
export class ProfileError extends CommandError {
  override readonly exitCode: number = 1;
}

/** A file that can't be written, as whoever profiles can set right. */
export class OptionError extends CommandError {}
