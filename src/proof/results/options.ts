/** What `onepass results` measures, and where that is kept. */
export interface Options {
  readonly data: string;
  readonly out: string;
  /** Labels; absent: every system that is not up to date. */
  readonly only?: readonly string[] | undefined;
  /** Names; absent: every set. */
  readonly sets?: readonly string[] | undefined;
  readonly sample?: number | undefined;
  readonly limit?: number | undefined;
  readonly render: boolean;
}
