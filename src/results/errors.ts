/** Something that whoever makes the results can set right: an option, a file, a folder. The message says where and how. */
export class ResultsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
