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
            You can read without an account. To write, be somebody. What you
            typed is kept.
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
