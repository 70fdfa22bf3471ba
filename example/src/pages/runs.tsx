import { useDocuments } from "@acme/convex-docs/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { explain } from "../ui/failure.js";
import { LoadMore } from "../ui/layout.js";
import { duration, TimeAgo, useSecondsUntil } from "../ui/time.js";

/** A job of the operations page. */
export type JobEntry = FunctionReturnType<typeof api.operations.list>[number];
type JobName = JobEntry["job"];
type Run = FunctionReturnType<typeof api.operations.runs>["page"][number];

/** The texts of each job. */
export const JOB_TEXTS: Record<
  JobName,
  { title: string; schedule: string; text: string }
> = {
  cleanupOldDrafts: {
    title: "Clean up old drafts",
    schedule: "Every hour",
    text: "Drafts unchanged for 30 days go to the trash.",
  },
  purgeTrash: {
    title: "Purge the trash",
    schedule: "Every day at 03:20 UTC",
    text: "Documents in the trash for a week are deleted for good.",
  },
  "daily-report": {
    title: "Daily report",
    schedule: "Every day at 00:00 UTC",
    text: "Counts the changes of documents on the past UTC day.",
  },
  "pull-updates": {
    title: "Fetch updates",
    schedule: "Every 5 minutes",
    text: "Fetches what is new in another service.",
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

/** The status of a run in words. */
function labelOf({ status }: Pick<Run, "status">): string {
  return RUN_LABELS[status];
}

/** Counts that are not results. */
const BOOKKEEPING = ["batches", "scanned"];

/** The counts of a run: "1,204 removed, 3 failed", or "nothing new". */
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

/** When a job is due (ms): at the end of its period, or `everyMs` after its last start. `null` before the first run. */
export function dueAt({ status, everyMs }: JobEntry): number | null {
  if (!status) return null;
  if (status.nextDueAt !== null) return status.nextDueAt;
  return status.run ? status.run.startedAt + everyMs : null;
}

/** The status of a run. */
export function RunBadge({ run }: { run: Run | null }) {
  if (run === null) return <span className="badge">Has not run yet</span>;
  return <span className={`badge badge--${run.status}`}>{labelOf(run)}</span>;
}

/** Time, counts, duration and error of a run. */
export function RunFacts({ run }: { run: Run }) {
  const { startedAt, finishedAt = startedAt, error, period } = run;
  return (
    <div className="run">
      <p className="run__facts">
        <TimeAgo time={finishedAt} />
        {period && <span>for {period.key}</span>}
        <span>{countsOf(run)}</span>
        <span>{duration(finishedAt - startedAt)}</span>
        {run.attempt > 1 && <span>{run.attempt} attempts</span>}
      </p>
      {error && (
        <p className="run__error">
          {explain(error).title} <code>{error.code}</code>
        </p>
      )}
    </div>
  );
}

/** The progress of a run, live; between two attempts, the reason and the seconds left. */
export function JobProgress({ title, run }: { title: string; run: Run }) {
  const seconds = useSecondsUntil(run.dueAt);
  const isWaiting = seconds > 0;
  return (
    <div className="run" role="status">
      <p className="run__facts">
        {isWaiting ? (
          <span>
            {run.error && `${explain(run.error).title}. `}
            {`Trying again in ${seconds} s`}
          </span>
        ) : (
          <span>
            {Object.keys(run.counts).length > 0 ? countsOf(run) : "Working…"}
          </span>
        )}
      </p>
      {!isWaiting && <progress aria-label={`Progress of ${title}`} />}
    </div>
  );
}

/** Runs asked for at once. */
const PAGE_SIZE = 10;

/** The runs of a job, the latest first. */
export function JobRuns({ job }: { job: JobName }) {
  const runs = useDocuments(
    api.operations.runs,
    { job },
    { pageSize: PAGE_SIZE },
  );
  if (runs.status === "error") throw runs.cause;
  if (runs.status !== "ready") return null;
  return (
    <>
      <ol className="runs">
        {runs.documents.map((run) => (
          <li key={run.runId} className="runs__item">
            <RunBadge run={run} />
            <RunFacts run={run} />
          </li>
        ))}
      </ol>
      {runs.hasMore && (
        <LoadMore
          isLoading={runs.isLoadingMore}
          onLoad={() => runs.loadMore()}
        />
      )}
    </>
  );
}
