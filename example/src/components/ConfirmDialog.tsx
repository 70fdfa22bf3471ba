import type { ReactNode } from "react";
import { Dialog } from "./Dialog.js";

type Props = {
  title: string;
  /** What the button that does it says. */
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** Asks before something that cannot be undone. The safe answer has the focus. */
export function ConfirmDialog({
  title,
  confirm,
  onConfirm,
  onClose,
  children,
}: Props) {
  return (
    <Dialog title={title} onClose={onClose} className="dialog--small">
      {(close) => (
        <>
          <p className="dialog__text">{children}</p>
          <div className="dialog__actions">
            <button className="button" data-autofocus onClick={close}>
              Cancel
            </button>
            <button
              className="button button--danger"
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {confirm}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
