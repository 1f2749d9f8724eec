/**
 * Works on up to `width` items at once and gives the results in the items' order, each as soon as it and those before it are
 * there, whether or not another item has come. When `stop` is aborted no further item is taken; what runs is finished.
 */
export async function* inOrder<T, R>(
  items: AsyncIterator<T>,
  width: number,
  work: (item: T) => Promise<R>,
  stop: AbortSignal,
): AsyncGenerator<R> {
  const stopped = new Promise<"stopped">((resolve) => {
    if (stop.aborted) resolve("stopped");
    stop.addEventListener(
      "abort",
      () => {
        resolve("stopped");
      },
      { once: true },
    );
  });
  const running: Promise<R>[] = [];
  let coming: Promise<IteratorResult<T>> | undefined;
  let ended = false;
  while (!ended || running.length > 0) {
    if (!ended && running.length < width) coming ??= items.next();
    const head = running[0];
    const first = await Promise.race([
      ...(head ? [head.then(() => "result" as const)] : []),
      ...(coming ? [coming.then(() => "item" as const)] : []),
      ...(ended ? [] : [stopped]),
    ]);
    if (first === "result") yield await running.shift()!;
    else if (first === "stopped") [ended, coming] = [true, undefined];
    else {
      const next = await coming!;
      coming = undefined;
      if (next.done) ended = true;
      else {
        const result = work(next.value);
        result.catch(() => undefined); // thrown when its turn comes
        running.push(result);
      }
    }
  }
}
