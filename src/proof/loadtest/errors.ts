import { CommandError } from "../../errors.js";

/**
 * Something that whoever runs the load test can set right: an option, a file, a row. The message says where and how.
 */
export class LoadTestError extends CommandError {}

/** The server ended, or does not answer any more: what was measured until then stands. */
export class ServerGoneError extends CommandError {
  override readonly exitCode = 1;
}
