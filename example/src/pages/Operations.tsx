import { useDocsMutation } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useState, type ReactNode } from "react";
import { api } from "../../convex/_generated/api.js";
import { TRASH_PROMISE } from "../documents/document.js";
import { SessionRefused, type Viewer } from "../session.js";
import { Icon } from "../ui/controls.js";
import { Dialog } from "../ui/dialog.js";
import { ListSkeleton, PageHeader } from "../ui/layout.js";
import { ErrorBoundary, useRefusal } from "../ui/refusals.js";
import { TimeAgo, timeUntil, useNow } from "../ui/time.js";
import { useToasts } from "../ui/toasts.js";
import {
  dueAt,
  JOB_TEXTS,
  JobProgress,
  JobRuns,
  RunBadge,
  RunFacts,
  type JobEntry,
} from "./runs.js";
import { Views } from "./views.js";

type OperationsProps = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** The background jobs: last runs, progress, next start. */
export function Operations({ viewer }: OperationsProps) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Operations · Acme Docs</title>
      <PageHeader
        title="Operations"
        text="What runs in the background. No job overlaps itself, and none gets lost."
      />
      <ErrorBoundary>
        {viewer.status === "signedIn" ? (
          <>
            <Jobs />
            <Views />
          </>
        ) : (
          <ListSkeleton />
        )}
      </ErrorBoundary>
    </>
  );
}

function Jobs() {
  const jobs = useQuery(api.operations.list);
  const alerts = useQuery(api.operations.alerts);
  if (jobs === undefined) return <ListSkeleton />;
  return (
    <ul className="jobs" aria-label="Jobs">
      {jobs.map((entry) => (
        <JobCard
          key={entry.job}
          entry={entry}
          alert={alerts?.find(({ job }) => job === entry.job)}
        />
      ))}
    </ul>
  );
}

/** One job with its status and actions. */
function JobCard({
  entry,
  alert,
}: {
  entry: JobEntry;
  /** Absent while all is well. */
  alert: Alert | undefined;
}) {
  const { job, status } = entry;
  const { title, text } = JOB_TEXTS[job];
  const [isOpen, setOpen] = useState(false);
  const run = status?.run ?? null;
  return (
    <li className="job-card">
      <div className="job-card__head">
        <h2>{title}</h2>
        {status?.paused ? (
          <span className="badge badge--paused">Paused</span>
        ) : (
          <RunBadge run={run} />
        )}
      </div>
      <p className="job-card__text">{text}</p>
      <Schedule entry={entry} />
      {alert && <JobAlert alert={alert} />}
      {run?.status === "running" ? (
        <JobProgress title={title} run={run} />
      ) : (
        run && <RunFacts run={run} />
      )}
      <JobActions entry={entry} title={title}>
        {job === "cleanupOldDrafts" && <CleanupPreview />}
      </JobActions>
      {run && (
        <details
          className="job-card__history"
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>Last runs</summary>
          {isOpen && <JobRuns job={job} />}
        </details>
      )}
    </li>
  );
}

function Schedule({ entry }: { entry: JobEntry }) {
  const now = useNow();
  const due = dueAt(entry);
  const { schedule } = JOB_TEXTS[entry.job];
  return (
    <p className="job-card__schedule">
      {schedule}
      {due !== null && !entry.status?.paused && (
        <>
          {" · next "}
          <time dateTime={new Date(due).toISOString()}>
            {timeUntil(due, now)}
          </time>
        </>
      )}
    </p>
  );
}

type Alert = FunctionReturnType<typeof api.operations.alerts>[number];

/** A job keeps failing: its `onFailure` was called. Disappears when a run succeeds. */
function JobAlert({ alert }: { alert: Alert }) {
  return (
    <p className="job-card__alert" role="alert">
      <Icon name="alert" />
      <span>
        {alert.failures === 1
          ? "Its last run failed"
          : `${alert.failures} runs in a row failed`}
        {", "}
        <TimeAgo time={alert.since} />. Its operator was told.
      </span>
    </p>
  );
}

type JobActionsProps = { entry: JobEntry; title: string; children: ReactNode };

/** The actions of an operator on a job. */
function JobActions({ entry, title, children }: JobActionsProps) {
  const { job, status } = entry;
  const runNow = useDocsMutation(api.operations.runNow);
  const setPaused = useDocsMutation(api.operations.setPaused);
  const cancel = useDocsMutation(api.operations.cancel);
  const refuse = useRefusal();
  const show = useToasts();
  const paused = status?.paused ?? false;
  const isRunning = status?.run?.status === "running";

  const start = async () => {
    const outcome = await runNow.mutate({ job });
    if (!outcome.ok) refuse(outcome.error);
  };
  const pause = async () => {
    const outcome = await setPaused.mutate({ job, paused: !paused });
    if (!outcome.ok) {
      refuse(outcome.error);
      return;
    }
    show({
      tone: "done",
      title: paused ? `${title}: on again` : `${title}: paused`,
    });
  };
  const stop = async () => {
    const outcome = await cancel.mutate({ job });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <div className="job-card__actions">
      {children}
      {isRunning ? (
        <button
          className="button"
          aria-label={`Cancel: ${title}`}
          aria-disabled={cancel.isPending}
          onClick={() => void stop()}
        >
          Cancel
        </button>
      ) : (
        <button
          className="button"
          aria-label={`Run now: ${title}`}
          aria-disabled={runNow.isPending || paused}
          onClick={() => !paused && void start()}
        >
          Run now
        </button>
      )}
      <button
        className="button button--quiet"
        aria-label={`${paused ? "Resume" : "Pause"}: ${title}`}
        aria-disabled={setPaused.isPending}
        onClick={() => void pause()}
      >
        {paused ? "Resume" : "Pause"}
      </button>
    </div>
  );
}

/** What a clean-up would remove now. */
function CleanupPreview() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button className="button" onClick={() => setOpen(true)}>
        Preview…
      </button>
      {isOpen && (
        <Dialog
          title="What a clean-up would take now"
          onClose={() => setOpen(false)}
        >
          {(close) => (
            <>
              <ErrorBoundary>
                <Forecast />
              </ErrorBoundary>
              <div className="dialog__actions">
                <button className="button" data-autofocus onClick={close}>
                  Close
                </button>
              </div>
            </>
          )}
        </Dialog>
      )}
    </>
  );
}

const SIZE = new Intl.NumberFormat("en", {
  style: "unit",
  unit: "kilobyte",
  maximumFractionDigits: 1,
});

function Forecast() {
  // A query must not read the clock, so the page sends the time.
  const [at] = useState(() => Date.now());
  const preview = useQuery(api.operations.previewCleanup, { at });
  if (!preview) return <p className="dialog__text">Counting…</p>;
  const due = preview.cleanup.filter(({ count }) => count > 0);
  return (
    <div className="dialog__text">
      {due.length === 0 && (
        <p>Nothing. Every draft has been changed within the last 30 days.</p>
      )}
      {due.map(({ reason, status, shown, bytes, oldest }) => (
        <p key={`${reason} ${status}`}>
          <strong>
            {shown} {status ?? ""} {shown === "1" ? "document" : "documents"}
          </strong>
          {reason === "expired" ? " past their own time" : ""}, about{" "}
          {SIZE.format(bytes / 1_000)}
          {oldest !== null && (
            <>
              , the oldest last changed <TimeAgo time={oldest} />
            </>
          )}
          .
        </p>
      ))}
      <Quarantine documents={preview.quarantined} />
      {due.length > 0 && (
        <p>What it takes goes to the trash. {TRASH_PROMISE}</p>
      )}
    </div>
  );
}

type Preview = FunctionReturnType<typeof api.operations.previewCleanup>;

/** Documents that clean-ups pass over, and why. Nothing where there are none. */
function Quarantine({ documents }: { documents: Preview["quarantined"] }) {
  const release = useDocsMutation(api.operations.releaseQuarantined);
  const refuse = useRefusal();
  if (documents.length === 0) return null;
  const tryAgain = async () => {
    const outcome = await release.mutate({});
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <>
      <p>These are left alone: removing them failed too often.</p>
      <ul>
        {documents.map(({ id, code, failures, since }) => (
          <li key={id}>
            {id}: {code}, {failures} times, last <TimeAgo time={since} />
          </li>
        ))}
      </ul>
      <button
        className="button"
        aria-disabled={release.isPending}
        onClick={() => void tryAgain()}
      >
        Try them again
      </button>
    </>
  );
}
