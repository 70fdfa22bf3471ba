import type { ReactNode } from "react";
import { MOD_ENTER, submitOnModEnter } from "../lib/keys.js";
import { Dialog } from "./Dialog.js";

type Props = {
  title: string;
  /** What the button says that sends it. */
  submit: string;
  isDisabled: boolean;
  onSubmit: (close: () => void) => Promise<void>;
  onClose: () => void;
  /** Why it was refused, and its fields. */
  children: ReactNode;
};

/** A form in a dialog, which Ctrl+Enter sends from anywhere in it. */
export function DialogForm({
  title,
  submit,
  isDisabled,
  onSubmit,
  onClose,
  children,
}: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      {(close) => (
        <form
          className="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!isDisabled) void onSubmit(close);
          }}
          onKeyDown={submitOnModEnter}
        >
          {children}
          <div className="dialog__actions">
            <button className="button" type="button" onClick={close}>
              Cancel
            </button>
            <button
              className="button button--primary"
              type="submit"
              aria-disabled={isDisabled}
            >
              {submit}
              <kbd>{MOD_ENTER}</kbd>
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
