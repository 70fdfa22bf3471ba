import { useSecondsUntil } from "../hooks/useSecondsUntil.js";
import { explain } from "../lib/failure.js";
import { countsOf, type Run } from "../lib/run.js";

/** How far a run is, live; between two attempts, why and for how long it waits. */
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
