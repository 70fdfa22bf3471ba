import type { Crons } from "convex/server";
import { unref } from "./task.js";

/** One entry of an app's `crons.ts`, as Convex reads it. */
export interface Cron {
  /** Path of the function: `module:export`. */
  name: string;
  args: Record<string, never>[];
  schedule: Schedule;
}

type Schedule =
  | { type: "interval"; seconds?: number; minutes?: number; hours?: number }
  | { type: "hourly"; minuteUTC?: number }
  | { type: "daily"; hourUTC: number; minuteUTC?: number }
  | { type: "cron"; cron: string }
  | { type: "weekly" | "monthly" };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The entries of the default export of an app's `crons.ts`. */
export function cronsOf(crons: Crons): Cron[] {
  return Object.values(crons.crons as unknown as Record<string, Cron>);
}

/**
 * Runs an app's crons in this process, as a deployment does: an interval starts at once, and runs of one cron do not overlap.
 * Returns a function that stops them.
 */
export function startCrons(
  crons: Cron[],
  run: (cron: Cron) => Promise<unknown>,
): () => void {
  const stops = crons.map((cron) => startCron(cron, run));
  return () => {
    for (const stop of stops) stop();
  };
}

function startCron(
  cron: Cron,
  run: (cron: Cron) => Promise<unknown>,
): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (dueAt: number) => {
    timer = setTimeout(() => {
      const next = nextRun(cron.schedule, dueAt);
      // Its errors have been reported already. Missed runs are skipped.
      void run(cron)
        .catch(() => undefined)
        .then(() => wait(Math.max(next, Date.now())));
    }, dueAt - Date.now());
    unref(timer);
  };
  const isInterval = cron.schedule.type === "interval";
  wait(isInterval ? Date.now() : nextRun(cron.schedule, Date.now()));
  return () => clearTimeout(timer);
}

/** When a schedule is due next after a time; both in ms. */
export function nextRun(schedule: Schedule, after: number): number {
  switch (schedule.type) {
    case "interval": {
      const { seconds = 0, minutes = 0, hours = 0 } = schedule;
      return after + seconds * SECOND + minutes * MINUTE + hours * HOUR;
    }
    case "hourly":
      return nextIn(HOUR, (schedule.minuteUTC ?? 0) * MINUTE, after);
    case "daily": {
      const { hourUTC, minuteUTC = 0 } = schedule;
      return nextIn(DAY, hourUTC * HOUR + minuteUTC * MINUTE, after);
    }
    case "cron": {
      const [, minute, hour] =
        /^(\d+) (\d+) \* \* \*$/.exec(schedule.cron) ?? [];
      if (minute === undefined || hour === undefined) break;
      return nextIn(DAY, Number(hour) * HOUR + Number(minute) * MINUTE, after);
    }
    case "weekly":
    case "monthly":
  }
  throw new Error(
    `The embedded deployment does not know this schedule: ${JSON.stringify(schedule)}`,
  );
}

/** The next time at `offset` into a span of UTC. All in ms. */
function nextIn(span: number, offset: number, after: number): number {
  return (Math.floor((after - offset) / span) + 1) * span + offset;
}
