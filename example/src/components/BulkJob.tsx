import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import { useBulk } from "../hooks/useBulk.js";
import { useRefusal } from "../hooks/useRefusal.js";
import { doing, done, type Job, type JobStatus } from "../lib/job.js";
import { Icon } from "./Icon.js";
import { Reasons } from "./Reasons.js";

/** How far this window's bulk job is, live, and what became of it. */
export function BulkJob() {
  const { job, dismiss } = useBulk();
  const status = useQuery(
    api.documents.bulkStatus,
    job === null ? "skip" : { jobId: job.jobId },
  );
  // The server forgets a job some days after its end.
  if (job === null || status === undefined || status === null) return null;
  return (
    <section className="job" aria-label="Progress">
      {status.state === "running" ? (
        <Running job={job} status={status} />
      ) : (
        <Ended job={job} status={status} onDismiss={dismiss} />
      )}
    </section>
  );
}

function Running({ job, status }: { job: Job; status: JobStatus }) {
  const cancel = useDocsMutation(api.documents.cancelBulk);
  const refuse = useRefusal();
  const total = status.total ?? job.expected;
  const past = status.done + status.failed;
  const stop = async () => {
    const outcome = await cancel.mutate({ jobId: job.jobId });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <>
      <p className="job__title">
        {doing(job.kind)}
        <span className="job__count">
          {total === undefined ? past : `${past} of ${total}`}
        </span>
      </p>
      <button
        className="button"
        aria-disabled={cancel.isPending}
        onClick={() => void stop()}
      >
        Cancel
      </button>
      <progress
        aria-label={doing(job.kind)}
        max={total ?? 1}
        {...(total !== undefined && { value: Math.min(past, total) })}
      />
    </>
  );
}

type EndedProps = { job: Job; status: JobStatus; onDismiss: () => void };

function Ended({ job, status, onDismiss }: EndedProps) {
  const { state, failed, failures } = status;
  const isGood = state === "done" && failed === 0;
  return (
    <>
      <Icon name={isGood ? "check" : "alert"} />
      <div className="job__title" role="status">
        {done(job.kind, status.done)}
        {state === "cancelled" && ", then cancelled"}
        {state === "failed" && ", then it failed"}
        {failed > 0 && <Reasons count={failed} failures={failures} />}
      </div>
      <button
        className="button button--icon"
        aria-label="Dismiss"
        onClick={onDismiss}
      >
        <Icon name="close" />
      </button>
    </>
  );
}
