/**
 * Lets a test hold the functions that the deployment has scheduled, and so look at long work for as long as it needs to. The
 * deployment is told nothing: its engine asks the global object for its timers.
 */

/** Hold what comes due, let so many of it run, now or once they are due, or hold no more. */
export type SchedulerOrder =
  { hold: true } | { run: number } | { release: true };

/** What convex-test calls first when the timer of a scheduled function fires. A bundle keeps the names of methods. */
const SCHEDULED = ".timerFired()";

/** Takes the timers of scheduled functions. The returned function carries out an order, and resolves when that is done. */
export function takeScheduler(): (order: SchedulerOrder) => Promise<void> {
  const later = globalThis.setTimeout;
  const held: (() => void)[] = [];
  /** How many may run before the rest is held. */
  let allowed = Infinity;
  let onDone: (() => void) | null = null;

  function runAllowed(): void {
    while (allowed > 0 && held.length > 0) {
      allowed--;
      held.shift()?.();
    }
    if (allowed > 0 && allowed < Infinity) return;
    onDone?.();
    onDone = null;
  }

  const startTimer = (
    callback: () => void,
    ms?: number,
    ...args: unknown[]
  ) => {
    if (!String(callback).includes(SCHEDULED))
      return later(callback, ms, ...(args as []));
    return later(() => {
      const mayRun = new Promise<void>((resolve) => {
        held.push(resolve);
        runAllowed();
      });
      // Whatever lets it run, it goes on in the frame that its timer was started in.
      void mayRun.then(callback);
    }, ms);
  };
  globalThis.setTimeout = Object.assign(startTimer, later);

  return (order) =>
    new Promise((resolve) => {
      allowed = "run" in order ? order.run : "hold" in order ? 0 : Infinity;
      onDone = resolve;
      runAllowed();
    });
}
