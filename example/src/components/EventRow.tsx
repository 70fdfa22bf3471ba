import type { EventRow as Event } from "@acme/convex-docs/webhooks";
import { api } from "../../convex/_generated/api.js";
import { useDocsMutation } from "@acme/convex-docs/react";
import { useRefusal } from "../hooks/useRefusal.js";
import { TimeAgo } from "./TimeAgo.js";

/** What may be started anew: what was not applied, while its body is there. */
const REPLAYABLE: readonly Event["status"][] = ["dead", "unhandled", "skipped"];

/** One event of the inbox: what came, where it stands, and why. */
export function EventRow({ event }: { event: Event }) {
  const replay = useDocsMutation(api.inbox.replay);
  const refuse = useRefusal();
  const canReplay = REPLAYABLE.includes(event.status) && event.hasBody;
  const run = async () => {
    const outcome = await replay.mutate({ id: event.id });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <li className="row">
      <div className="row__text">
        <span className="event__type">{event.type}</span>
        <p className="row__excerpt">
          {event.key}
          {event.lastErrorCode !== undefined &&
            event.status !== "processed" &&
            ` · ${event.lastError ?? event.lastErrorCode}`}
        </p>
      </div>
      <div className="row__facts">
        <span>
          {event.attempt} {event.attempt === 1 ? "attempt" : "attempts"}
        </span>
        <span className={`badge badge--${event.status}`}>{event.status}</span>
        <TimeAgo time={event.receivedAt} />
      </div>
      {canReplay && (
        <button
          className="button"
          aria-disabled={replay.isPending}
          aria-label={`Replay ${event.type} ${event.key}`}
          onClick={() => void run()}
        >
          Replay
        </button>
      )}
    </li>
  );
}
