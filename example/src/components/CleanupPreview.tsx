import { useQuery } from "convex/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { Dialog } from "./Dialog.js";
import { ErrorBoundary } from "./ErrorBoundary.js";
import { TimeAgo } from "./TimeAgo.js";

/** What a clean-up would take now, before it takes anything. */
export function CleanupPreview() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button className="button" onClick={() => setOpen(true)}>
        Preview…
      </button>
      {isOpen && (
        <Dialog
          title="What a clean-up would take now"
          onClose={() => setOpen(false)}
        >
          {(close) => (
            <>
              <ErrorBoundary>
                <Forecast />
              </ErrorBoundary>
              <div className="dialog__actions">
                <button className="button" data-autofocus onClick={close}>
                  Close
                </button>
              </div>
            </>
          )}
        </Dialog>
      )}
    </>
  );
}

const SIZE = new Intl.NumberFormat("en", {
  style: "unit",
  unit: "kilobyte",
  maximumFractionDigits: 1,
});

function Forecast() {
  // A query must not ask for the time, so the page says as of when.
  const [at] = useState(() => Date.now());
  const preview = useQuery(api.operations.previewCleanup, { at });
  if (!preview) return <p className="dialog__text">Counting…</p>;
  const due = preview.cleanup.filter(({ count }) => count > 0);
  const quarantined = preview.quarantined.length;
  return (
    <div className="dialog__text">
      {due.length === 0 && (
        <p>Nothing. Every draft has been changed within the last 30 days.</p>
      )}
      {due.map(({ reason, status, shown, bytes, oldest }) => (
        <p key={`${reason} ${status}`}>
          <strong>
            {shown} {status ?? ""} {shown === "1" ? "document" : "documents"}
          </strong>
          {reason === "expired" ? " past their own time" : ""}, about{" "}
          {SIZE.format(bytes / 1_000)}
          {oldest !== null && (
            <>
              , the oldest last changed <TimeAgo time={oldest} />
            </>
          )}
          .
        </p>
      ))}
      {quarantined > 0 && (
        <p>{quarantined} are left alone: removing them failed too often.</p>
      )}
      {due.length > 0 && (
        <p>They go to the trash, from where they can be restored for a week.</p>
      )}
    </div>
  );
}
