/**
 * An operator who runs every job far too often, pauses one now and then, and whose services fail.
 */
import { setTimeout } from "node:timers/promises";
import { api } from "../../../example/convex/_generated/api.js";
import type { Actor, Person, World } from "../world.js";
import { persist } from "./persist.js";

const JOBS = [
  "cleanupOldDrafts",
  "pull-updates",
  "daily-report",
  "purgeTrash",
] as const;
type JobName = (typeof JOBS)[number];

const { operations } = api;

export function operator(who: Person, rounds: number): Actor {
  return {
    name: "operator",
    play: async (world) => {
      const random = world.random.fork("operator");
      for (let n = 0; n < rounds; n++) {
        const job = random.pick(JOBS);
        if (job === "pull-updates") {
          world.deployment.stub.set({ mode: "failing", times: 1 }, "updates");
        }
        await run(world, who, job);
        // Twice at once: the second finds the first at work.
        if (random.chance(0.5)) await run(world, who, job);
        if (random.chance(0.2)) await interrupt(world, who, job);
        await setTimeout(20);
      }
    },
  };
}

/** Starts a job, and says nothing of whether it ran. */
export async function run(world: World, who: Person, job: JobName) {
  await persist(world, who, "run a job", () =>
    world.client(who).mutation(operations.runNow, { job }),
  );
}

async function interrupt(world: World, who: Person, job: JobName) {
  for (const paused of [true, false]) {
    await persist(world, who, paused ? "pause a job" : "resume a job", () =>
      world.client(who).mutation(operations.setPaused, { job, paused }),
    );
    await run(world, who, job);
  }
}

/** Whether any job is at work, or waits for its next attempt. */
export async function isAnyAtWork(world: World, who: Person) {
  const jobs = await world.client(who).query(operations.list, {});
  return jobs.some(({ status }) => status?.run?.status === "running");
}
