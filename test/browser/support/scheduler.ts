/**
 * Preloaded into the stack's process: lets a test hold the functions that the deployment has scheduled, and so look at
 * long work for as long as it needs to. The deployment is told nothing: its engine asks the process for its timers.
 */

import type { OperatorOrder } from "./operator.js";

/** What the process understands: hold what comes due, let so many of it run, now or once they are due, or hold no more. */
export type SchedulerOrder =
  { hold: true } | { run: number } | { release: true };

/** The function of convex-test that starts the timer of a scheduled function. Other timers are not touched. */
const STARTED_BY = "frameworkSetTimeout";

const later = globalThis.setTimeout;
const held: (() => void)[] = [];
/** How many may run before the rest is held. */
let allowed = Infinity;
let isAnswered = true;

function runAllowed(): void {
  while (allowed > 0 && held.length > 0) {
    allowed--;
    held.shift()?.();
  }
  if (isAnswered || (allowed > 0 && allowed < Infinity)) return;
  isAnswered = true;
  process.send?.("done");
}

const startTimer = (callback: () => void, ms?: number, ...args: unknown[]) => {
  const isScheduled = new Error().stack?.includes(STARTED_BY) ?? false;
  if (!isScheduled) return later(callback, ms, ...(args as []));
  return later(() => {
    held.push(callback);
    runAllowed();
  }, ms);
};
globalThis.setTimeout = Object.assign(startTimer, later);

process.on("message", (order: SchedulerOrder | OperatorOrder) => {
  if ("call" in order || "past" in order) return;
  allowed = "run" in order ? order.run : "hold" in order ? 0 : Infinity;
  isAnswered = false;
  runAllowed();
});
process.channel?.unref();
