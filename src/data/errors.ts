import { CommandError } from "../errors.js";

/** Something that whoever imports data can set right: a file, a row. The message says where and how. */
export class ImportError extends CommandError {}
