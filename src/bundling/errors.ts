/** Something that whoever makes a bundle can set right: an option, a folder, a file in it. The message says how. */
export class BundlingError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
