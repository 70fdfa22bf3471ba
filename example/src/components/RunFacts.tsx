import { explain } from "../lib/failure.js";
import { countsOf, duration, type Run } from "../lib/run.js";
import { TimeAgo } from "./TimeAgo.js";

/** When a run was, what it did, how long it took, and why it failed if it did. */
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
