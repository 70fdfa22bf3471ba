import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";

/** A job of the operations page. */
export type JobEntry = FunctionReturnType<typeof api.operations.list>[number];
export type JobName = JobEntry["job"];
export type Run = FunctionReturnType<
  typeof api.operations.runs
>["page"][number];

/** What each job is called, and what it does. */
export const JOB_TEXTS: Record<
  JobName,
  { title: string; schedule: string; text: string }
> = {
  cleanupOldDrafts: {
    title: "Clean up old drafts",
    schedule: "Every hour",
    text: "Drafts that nobody has changed for 30 days go to the trash.",
  },
  purgeTrash: {
    title: "Purge the trash",
    schedule: "Every day at 03:20 UTC",
    text: "What has lain in the trash for a week is deleted for good.",
  },
  "daily-report": {
    title: "Daily report",
    schedule: "Every day at 00:00 UTC",
    text: "What happened to documents on the past UTC day.",
  },
  "pull-updates": {
    title: "Fetch updates",
    schedule: "Every 5 minutes",
    text: "What another service has told since the last time.",
  },
};

const RUN_LABELS: Record<Run["status"], string> = {
  running: "Running",
  success: "Succeeded",
  partial: "Left some out",
  failed: "Failed",
  lost: "Lost",
  canceled: "Cancelled",
};

/** How a run stands, in a word or two. */
export function labelOf({ status }: Pick<Run, "status">): string {
  return RUN_LABELS[status];
}

/** What a job says of how it went about it, which is no result. */
const BOOKKEEPING = ["batches", "scanned"];

/** What a run did: "1,204 removed, 3 failed"; "nothing new" when there was nothing. */
export function countsOf({ counts }: Pick<Run, "counts">): string {
  const told = Object.entries(counts).filter(
    ([what, count]) => count > 0 && !BOOKKEEPING.includes(what),
  );
  if (told.length === 0) return "nothing new";
  return told
    .map(([what, count]) => `${count.toLocaleString("en")} ${wordsOf(what)}`)
    .join(", ");
}

/** A name in code as words: "bytesRead" → "bytes read". */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** How long something took: "0.4 s", "12 s", "3 min". @param ms not negative */
export function duration(ms: number): string {
  if (ms < 100) return "under 0.1 s";
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}

/** A time to wait, without a false precision: "40 s", "5 min", "11 h". */
function about(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 3_500_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** When a job is due: at the end of its period, or so long after its last start. `null` before the first run. In ms. */
export function dueAt({ status, everyMs }: JobEntry): number | null {
  if (!status) return null;
  if (status.nextDueAt !== null) return status.nextDueAt;
  return status.run ? status.run.startedAt + everyMs : null;
}

/** How long until something: "in 4 min", or "now". Both in ms. */
export function timeUntil(then: number, now: number): string {
  const wait = then - now;
  return wait < 1_000 ? "now" : `in ${about(wait)}`;
}
