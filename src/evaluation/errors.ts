/** Something that whoever runs an evaluation can set right: an option, a file, a row. The message says where and how. */
export class EvaluationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
