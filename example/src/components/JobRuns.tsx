import { usePaginatedQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import type { JobName } from "../lib/run.js";
import { LoadMore } from "./LoadMore.js";
import { RunBadge } from "./RunBadge.js";
import { RunFacts } from "./RunFacts.js";

/** Runs asked for at once. */
const PAGE_SIZE = 10;

/** The runs of a job, the latest first. */
export function JobRuns({ job }: { job: JobName }) {
  const { results, status, loadMore } = usePaginatedQuery(
    api.operations.runs,
    { job },
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <>
      <ol className="runs">
        {results.map((run) => (
          <li key={run.runId} className="runs__item">
            <RunBadge run={run} />
            <RunFacts run={run} />
          </li>
        ))}
      </ol>
      {(status === "CanLoadMore" || status === "LoadingMore") && (
        <LoadMore
          isLoading={status === "LoadingMore"}
          onLoad={() => loadMore(PAGE_SIZE)}
        />
      )}
    </>
  );
}
