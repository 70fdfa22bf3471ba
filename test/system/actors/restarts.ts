/**
 * The deployment goes away in the middle of everything and comes back on the same data.
 */
import { setTimeout } from "node:timers/promises";
import type { Actor, World } from "../world.js";

/** Restarts after so many operations each time. */
export function restarts(after: number[]): Actor {
  return {
    name: "restarts",
    play: async (world) => {
      for (const operations of after) {
        while (total(world) < operations) await setTimeout(10);
        await world.restart();
      }
    },
  };
}

/** Operations that were answered. */
export function total({ done }: World): number {
  return [...done.values()].reduce((sum, times) => sum + times, 0);
}
