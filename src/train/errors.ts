import { CommandError } from "../errors.js";

/** Something about a training that whoever asks for it can set right, or has to know; the message says how. */
export class TrainError extends CommandError {}

/** What was asked for failed: nothing that was given is at fault. */
export class TrainingFailed extends TrainError {
  override readonly exitCode = 1;
}
