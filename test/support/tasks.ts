/**
 * The component's own background work.
 */
import { vi } from "vitest";
import { inComponent } from "./component.js";
import type { Deployment } from "./host.js";

const DAY = 24 * 60 * 60_000;

/** Lets seconds pass until no task is left but what is planned for another day. Returns how many. */
export async function settle(t: Deployment): Promise<number> {
  for (let steps = 0; steps < 2_000; steps += 1) {
    const running = await inComponent(t, async (ctx) =>
      (await ctx.db.query("tasks").collect()).filter(
        ({ state, lease }) =>
          state === "running" && (lease?.wakeAt ?? 0) < Date.now() + DAY,
      ),
    );
    if (running.length === 0) return steps;
    vi.advanceTimersByTime(1_000);
    await t.finishInProgressScheduledFunctions();
  }
  throw new Error("A task does not come to its end.");
}
