import { labelOf, type Run } from "../lib/run.js";

/** How a run stands. */
export function RunBadge({ run }: { run: Run | null }) {
  if (run === null) return <span className="badge">Has not run yet</span>;
  return <span className={`badge badge--${run.status}`}>{labelOf(run)}</span>;
}
