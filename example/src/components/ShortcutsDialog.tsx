import { MOD_ENTER } from "../lib/keys.js";
import { Dialog } from "./Dialog.js";

const SHORTCUTS = [
  ["N", "New document"],
  ["/", "Search"],
  ["X", "Select the row with the focus, with ⇧ up to it"],
  [MOD_ENTER, "Save what you are writing"],
  ["Esc", "Close, clear the search or the selection"],
  ["?", "This list"],
] as const;

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={onClose}
      className="dialog--small"
    >
      {(close) => (
        <>
          <dl className="shortcuts">
            {SHORTCUTS.map(([key, what]) => (
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
