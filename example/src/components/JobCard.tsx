import { useState } from "react";
import { useNow } from "../hooks/useNow.js";
import { dueAt, JOB_TEXTS, timeUntil, type JobEntry } from "../lib/run.js";
import { JobAlert, type Alert } from "./JobAlert.js";
import { CleanupPreview } from "./CleanupPreview.js";
import { JobActions } from "./JobActions.js";
import { JobProgress } from "./JobProgress.js";
import { JobRuns } from "./JobRuns.js";
import { RunBadge } from "./RunBadge.js";
import { RunFacts } from "./RunFacts.js";

/** One job: what it does, how it stands, and what an operator can do about it. */
export function JobCard({
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
