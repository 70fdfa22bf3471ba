/**
 * Preloaded into the stack's process: lets a test hold the functions that the deployment has scheduled, and so look at
 * long work for as long as it needs to. The deployment is told nothing: its engine asks the process for its timers.
 */

/** What the process understands: hold what comes due, run so many of what is held, or run all and hold no more. */
export type SchedulerOrder =
  { hold: true } | { run: number } | { release: true };

/** The function of convex-test that starts the timer of a scheduled function. Other timers are not touched. */
const STARTED_BY = "frameworkSetTimeout";

const later = globalThis.setTimeout;
const held: (() => void)[] = [];
let isHolding = false;

const startTimer = (callback: () => void, ms?: number, ...args: unknown[]) => {
  const isScheduled = new Error().stack?.includes(STARTED_BY) ?? false;
  if (!isScheduled) return later(callback, ms, ...(args as []));
  return later(() => {
    if (isHolding) held.push(callback);
    else callback();
  }, ms);
};
globalThis.setTimeout = Object.assign(startTimer, later);

process.on("message", (order: SchedulerOrder) => {
  if ("hold" in order) isHolding = true;
  else if ("release" in order) isHolding = false;
  const count = "run" in order ? order.run : isHolding ? 0 : held.length;
  for (const callback of held.splice(0, count)) callback();
  process.send?.("done");
});
process.channel?.unref();
