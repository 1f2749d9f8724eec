/** The server could not be profiled. The message says why. */
export class ProfileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option that whoever profiles can set right; the message names it. */
export class OptionError extends ProfileError {}
