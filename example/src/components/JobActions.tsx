import { useDocsMutation } from "@acme/convex-docs/react";
import type { ReactNode } from "react";
import { api } from "../../convex/_generated/api.js";
import { useRefusal } from "../hooks/useRefusal.js";
import { useToasts } from "../hooks/useToasts.js";
import type { JobEntry } from "../lib/run.js";

type Props = { entry: JobEntry; title: string; children: ReactNode };

/** What an operator can do about a job. */
export function JobActions({ entry, title, children }: Props) {
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
          aria-label={`Cancel ${title}`}
          aria-disabled={cancel.isPending}
          onClick={() => void stop()}
        >
          Cancel
        </button>
      ) : (
        <button
          className="button"
          aria-label={`Run ${title} now`}
          aria-disabled={runNow.isPending || paused}
          onClick={() => !paused && void start()}
        >
          Run now
        </button>
      )}
      <button
        className="button button--quiet"
        aria-label={`${paused ? "Resume" : "Pause"} ${title}`}
        aria-disabled={setPaused.isPending}
        onClick={() => void pause()}
      >
        {paused ? "Resume" : "Pause"}
      </button>
    </div>
  );
}
