import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Fault } from "../api.js";

/** The outcome of the newest question. While a new one is asked the old outcome stays. */
export interface Latest<Answer> {
  readonly answer?: Answer;
  /** What the answer was asked with, or the fault. */
  readonly body?: object;
  readonly fault?: Fault;
  readonly busy: boolean;
}

type Asking<Answer> = (body: object, signal: AbortSignal) => Promise<Answer>;

/** Asks, and forgets the question before: its answer is not shown, and the server is told to stop. */
export function useLatest<Answer>(asking: Asking<Answer>) {
  const [latest, setLatest] = useState<Latest<Answer>>({ busy: false });
  const running = useRef<AbortController>(undefined);
  const how = useRef(asking);
  how.current = asking;

  const ask = useCallback((body: object | undefined) => {
    running.current?.abort();
    if (!body) {
      setLatest({ busy: false });
      return;
    }
    const own = (running.current = new AbortController());
    setLatest((before) => ({ ...before, busy: true }));
    how.current(body, own.signal).then(
      (answer) => {
        if (!own.signal.aborted) setLatest({ answer, body, busy: false });
      },
      (fault: unknown) => {
        if (!own.signal.aborted) setLatest({ fault: fault as Fault, body, busy: false });
      },
    );
  }, []);

  useEffect(() => () => running.current?.abort(), []);
  return [latest, ask] as const;
}
