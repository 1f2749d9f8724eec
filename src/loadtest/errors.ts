/**
 * Something that whoever runs the load test can set right: an option, a file, a row. The message says where and how.
 */
export class LoadTestError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server ended, or does not answer any more: what was measured until then stands. */
export class ServerGoneError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
