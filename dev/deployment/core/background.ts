/**
 * Scheduled functions that let requests go first.
 *
 * convex-test starts a scheduled function by a timer, and runs it before the event loop comes round. Steps that schedule one
 * another are due when the one before has ended, so Node takes the next timer before it looks at any socket: nobody is answered
 * until the last step is over. On a deployment the two go on side by side.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { changed, stateOf, type App } from "./state.js";

/** Whether what runs was started by a scheduled function. */
const background = new AsyncLocalStorage<boolean>();

/** Before each transaction of scheduled functions, waits for `requests`, which gives those that are there their turn. */
export function deferScheduled(t: App, requests: () => Promise<void>): void {
  const { scheduler, transactionManager } = stateOf(t);
  if (!scheduler?.timerFired || !transactionManager?.begin) {
    throw changed("Nothing is scheduled");
  }
  const { timerFired } = scheduler;
  scheduler.timerFired = () => {
    // For the rest of the timer, and all that it starts.
    background.enterWith(true);
    timerFired.call(scheduler);
  };
  const { begin } = transactionManager;
  transactionManager.begin = async (isNested, limits) => {
    if (!isNested && background.getStore()) await requests();
    await begin.call(transactionManager, isNested, limits);
  };
}
