import { useDocsMutation } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { useCountdown } from "../hooks/useCountdown.js";
import { useOverlay } from "../hooks/useOverlay.js";
import { useToasts } from "../hooks/useToasts.js";
import { Dialog } from "./Dialog.js";
import { Refusal } from "./Refusal.js";

/** Documents in all. The server makes 100 in a call. */
const WANTED = 300;

/** Fills a list, so that pages, search and bulk jobs have something to do. */
export function SamplesDialog({ onClose }: { onClose: () => void }) {
  const samples = useDocsMutation(api.samples.add);
  const [added, setAdded] = useState(0);
  const open = useOverlay();
  const show = useToasts();
  const { error, isPending } = samples;
  const wait = error?.code === "RATE_LIMITED" ? error.retryAfterMs : 0;
  const left = useCountdown(error, wait);

  const add = async (close: () => void) => {
    if (isPending || left > 0) return;
    let sum = added;
    while (sum < WANTED) {
      const outcome = await samples.mutate({});
      if (!outcome.ok) {
        if (outcome.error.code === "UNAUTHORIZED") open("sign-in");
        return;
      }
      sum += outcome.value.added;
      setAdded(sum);
    }
    show({ tone: "done", title: `${sum} sample documents added` });
    close();
  };
  return (
    <Dialog
      title="Add sample documents"
      onClose={onClose}
      className="dialog--small"
    >
      {(close) => (
        <div className="form">
          <p className="dialog__text">
            {WANTED} drafts of yours to try selecting, searching and archiving
            on. You find them in your list, and can throw them away together.
          </p>
          {error && <Refusal failure={error} />}
          {added > 0 && (
            <progress aria-label="Documents added" max={WANTED} value={added} />
          )}
          <div className="dialog__actions">
            <button className="button" onClick={close}>
              Cancel
            </button>
            <button
              className="button button--primary"
              data-autofocus
              aria-disabled={isPending || left > 0}
              onClick={() => void add(close)}
            >
              {say(isPending, left, added)}
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function say(isPending: boolean, left: number, added: number): string {
  if (isPending) return `Adding… ${added} of ${WANTED}`;
  if (left > 0) return `Try again in ${left} s`;
  return added > 0 ? "Go on" : `Add ${WANTED} documents`;
}
