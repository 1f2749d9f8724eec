import { CommandError } from "../../errors.js";

/** Something that whoever makes the results can set right: an option, a file, a folder. The message says where and how. */
export class ResultsError extends CommandError {}
