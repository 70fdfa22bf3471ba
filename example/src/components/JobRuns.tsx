import { useDocuments } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import type { JobName } from "../lib/run.js";
import { LoadMore } from "./LoadMore.js";
import { RunBadge } from "./RunBadge.js";
import { RunFacts } from "./RunFacts.js";

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
