/**
 * A clock for those who watch a demo.
 *
 * @module
 */

/** Waits up to this long (ms) are skipped: those between two batches are, and those for something that may never come are not. */
const SKIPPED_MS = 2_000;

/** Runs `run` in a process whose short waits are over at once. */
export async function withoutWaits<T>(run: () => Promise<T>): Promise<T> {
  const { setTimeout } = globalThis;
  const hurried = <Args extends unknown[]>(
    callback: (...args: Args) => void,
    ms = 0,
    ...args: Args
  ) => setTimeout(callback, ms > SKIPPED_MS ? ms : 0, ...args);
  globalThis.setTimeout = Object.assign(hurried, setTimeout);
  try {
    return await run();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}
