/** A check before anything opens the file; an engine that says no; the end of the worker that tried. */
export type RefusedBy = "check" | "engine" | "end";

/** What became of a bundle in the process that tried it. */
export type Verdict =
  /** It was not opened, and the error has a code. */
  | { readonly outcome: "refused"; readonly code: string; readonly message: string; readonly by: RefusedBy }
  /** It was opened; a text was answered, or refused with a code. */
  | { readonly outcome: "loaded"; readonly code?: string }
  /** An error without a code: a finding. */
  | { readonly outcome: "uncoded"; readonly message: string };

/** What the process itself came to, instead of a verdict. */
export type Loss =
  | { readonly outcome: "crashed"; readonly how: string }
  | { readonly outcome: "hung"; readonly seconds: number }
  | { readonly outcome: "bloated"; readonly megabytes: number };
