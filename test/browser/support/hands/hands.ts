import type { Engine } from "../../../../dev/deployment/core/engine.js";
import { carryOut, type OperatorOrder } from "./operator.js";
import { takeScheduler, type SchedulerOrder } from "./scheduler.js";

/** What a test asks of a deployment behind the back of its functions. */
export type Order = SchedulerOrder | OperatorOrder;

/** What an order was answered with when it is done; else it is why it could not be. */
export const DONE = "done";

/**
 * A test's hands on a deployment, in the process or the worker that has it. Made before anything is scheduled. `engineOf` is asked
 * when there is an order.
 */
export function takeHands(
  engineOf: () => Engine | undefined,
): (order: Order) => Promise<string> {
  const schedule = takeScheduler();
  return async (order) => {
    try {
      if ("call" in order || "past" in order) {
        const engine = engineOf();
        if (!engine) throw new Error("Nobody has called the deployment yet.");
        await carryOut(engine, order);
      } else await schedule(order);
      return DONE;
    } catch (error) {
      return String(error);
    }
  };
}
