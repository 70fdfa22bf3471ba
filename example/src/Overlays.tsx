import { useDocsMutation } from "@acme/convex-docs/react";
import { useState, type ReactNode } from "react";
import { api } from "../convex/_generated/api.js";
import { NewDocumentDialog } from "./documents/create.js";
import { FromListDialog } from "./documents/fromList.js";
import { SignInDialog, useSession } from "./session.js";
import {
  Dialog,
  OverlayContext,
  useOverlay,
  type Overlay,
} from "./ui/dialog.js";
import { modEnter, modS } from "./ui/keys.js";
import { Refusal } from "./ui/refusals.js";
import { useCountdown } from "./ui/time.js";
import { useToasts } from "./ui/toasts.js";

/** Shows the open overlay, one at a time. */
export function Overlays({ children }: { children: ReactNode }) {
  const { user } = useSession();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const close = () => setOverlay(null);
  // Writing needs a signed-in user.
  const shown =
    overlay === "new-document" && user === null ? "sign-in" : overlay;
  return (
    <OverlayContext value={setOverlay}>
      {children}
      {shown === "new-document" && <NewDocumentDialog onClose={close} />}
      {shown === "from-list" && <FromListDialog onClose={close} />}
      {shown === "samples" && <SamplesDialog onClose={close} />}
      {shown === "sign-in" && <SignInDialog onClose={close} />}
      {shown === "shortcuts" && <ShortcutsDialog onClose={close} />}
    </OverlayContext>
  );
}

const shortcuts = () => [
  ["N", "New document"],
  ["/", "Search"],
  ["X", "Select the row with the focus, with ⇧ up to it"],
  [modS(), "Save what you are writing"],
  [modEnter(), "The same, and submit a form"],
  ["Esc", "Close, clear the search or the selection"],
  ["?", "This list"],
];

function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={onClose}
      className="dialog--small"
    >
      {(close) => (
        <>
          <dl className="shortcuts">
            {shortcuts().map(([key, what]) => (
              <div key={key}>
                <dt>{what}</dt>
                <dd>
                  <kbd>{key}</kbd>
                </dd>
              </div>
            ))}
          </dl>
          <div className="dialog__actions">
            <button className="button" data-autofocus onClick={close}>
              Close
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** Total documents. The server adds 100 in a call. */
const WANTED = 300;

/** Adds sample documents for paging, search and bulk operations. */
function SamplesDialog({ onClose }: { onClose: () => void }) {
  const samples = useDocsMutation(api.demo.addSamples);
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
