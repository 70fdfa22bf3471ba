/**
 * Does something within a time, or waits for that time. Whatever ends first ends it: the work, the time (it resolves to
 * `undefined`), or the caller's signal (it rejects with the signal's reason). In any case the work is told to stop, and
 * neither timer nor listener stays behind.
 *
 * Not `AbortSignal.timeout`: in Convex's runtime it fails with another name and leaves its timer, and `fetch` does not hear a
 * signal that was aborted before.
 *
 * @param work must not reject
 */
export async function within<T>(
  ms: number,
  outer?: AbortSignal,
  work?: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  outer?.throwIfAborted();
  const inner = new AbortController();
  let timer;
  let end!: () => void;
  const answer = await new Promise<T | undefined>((resolve) => {
    end = resolve as () => void;
    timer = setTimeout(end, ms);
    outer?.addEventListener("abort", end);
    void work?.(inner.signal).then(resolve);
  });
  clearTimeout(timer);
  outer?.removeEventListener("abort", end);
  inner.abort();
  outer?.throwIfAborted();
  return answer;
}
