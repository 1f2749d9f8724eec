/** What is written to one connection, and what may come back. */
export interface Exchange {
  /** Which part of the grammar made it. */
  readonly family: string;
  readonly chunks: readonly Buffer[];
  /** Answers that must come, in order; the server may close the connection after any that says so. */
  readonly answers: number;
  /** Methods of the requests, so that an answer without a body is known for one. */
  readonly methods: readonly string[];
  /** The caller itself breaks off: no answer is owed. */
  readonly breaksOff?: "reset" | "half-closed";
}
