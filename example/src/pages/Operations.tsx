import { useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { JobCard } from "../components/JobCard.js";
import { ListSkeleton } from "../components/ListSkeleton.js";
import { PageHeader } from "../components/PageHeader.js";
import { SessionRefused } from "../components/SessionRefused.js";
import type { Viewer } from "../hooks/useViewer.js";

type Props = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** What runs in the background: how it went, how it goes, and when it is due. */
export function Operations({ viewer }: Props) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Operations · Acme Docs</title>
      <PageHeader
        title="Operations"
        text="What runs in the background. No job overlaps itself, and none gets lost."
      />
      <ErrorBoundary>
        {viewer.status === "signedIn" ? <Jobs /> : <ListSkeleton />}
      </ErrorBoundary>
    </>
  );
}

function Jobs() {
  const jobs = useQuery(api.operations.list);
  const alerts = useQuery(api.alerts.open);
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
