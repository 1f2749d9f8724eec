import { CommandError } from "../errors.js";

/** Something that whoever makes a bundle can set right: an option, a folder, a file in it. The message says how. */
export class BundlingError extends CommandError {}
