import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { Icon } from "./Icon.js";
import { TimeAgo } from "./TimeAgo.js";

export type Alert = FunctionReturnType<typeof api.alerts.open>[number];

/** Says that a job keeps failing: what its `onFailure` was told. Goes by itself when a run succeeds. */
export function JobAlert({ alert }: { alert: Alert }) {
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
