/**
 * Calls `look` every `ms`, with the time and by how much the call is late: what the watcher itself slept through must not be
 * held against whom it watches. Keeps no process alive.
 */
export function examineEvery(ms: number, look: (now: number, lateMs: number) => void): Disposable {
  let last = performance.now();
  const clock = setInterval(() => {
    const now = performance.now();
    const late = Math.max(0, now - last - ms);
    last = now;
    look(now, late);
  }, ms).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(clock);
    },
  };
}
