/** A stream to tell people things on: standard output or standard error. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}
