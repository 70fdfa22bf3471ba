import { Dialog } from "./Dialog.js";
import { PersonPicker } from "./PersonPicker.js";

export function SignInDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Sign in to go on"
      onClose={onClose}
      className="dialog--small"
    >
      {(close) => (
        <>
          <p className="dialog__text">
            Reading needs no account, writing does. What you typed is kept.
          </p>
          <PersonPicker />
          <div className="dialog__actions">
            <button className="button" onClick={close}>
              Not now
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
