import { CommandError } from "../../errors.js";

/** Something that whoever runs an evaluation can set right: an option, a file, a row. The message says where and how. */
export class EvaluationError extends CommandError {}
