import {
  createContext,
  use,
  useEffect,
  useId,
  useState,
  type ReactNode,
} from "react";
import { focusInvalid } from "./focus.js";
import { modEnter, submitOnModEnter } from "./keys.js";

/** The dialogs that open over any page. */
export type Overlay =
  "new-document" | "from-list" | "samples" | "sign-in" | "shortcuts";

export const OverlayContext = createContext<(overlay: Overlay) => void>(
  () => undefined,
);

/** Opens an overlay. */
export function useOverlay(): (overlay: Overlay) => void {
  return use(OverlayContext);
}

type DialogProps = {
  title: string;
  onClose: () => void;
  /** Everything that closes it must go through `close`: it gives the focus back to where it was. */
  children: (close: () => void) => ReactNode;
  className?: string;
};

/** A dialog that is open as long as it is rendered. Esc closes it; the page behind it cannot be reached. */
export function Dialog({
  title,
  onClose,
  children,
  className = "",
}: DialogProps) {
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const id = useId();
  useEffect(() => {
    if (dialog === null || dialog.open) return;
    dialog.showModal();
    // React's own autoFocus comes too early: nothing in a closed dialog can have the focus.
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
  }, [dialog]);
  return (
    <dialog
      ref={setDialog}
      className={`dialog ${className}`}
      aria-labelledby={id}
      onClose={(event) => {
        // A close event of a dialog inside this one is not this one's.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <h2 className="dialog__title" id={id}>
        {title}
      </h2>
      {children(() => dialog?.close())}
    </dialog>
  );
}

type ConfirmDialogProps = {
  title: string;
  /** The label of the button that confirms. */
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** Asks before something that cannot be undone. The focus is on Cancel. */
export function ConfirmDialog({
  title,
  confirm,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
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

type DialogFormProps = {
  title: string;
  /** The label of the button that submits. */
  submit: string;
  isDisabled: boolean;
  onSubmit: (close: () => void) => Promise<void>;
  onClose: () => void;
  /** Errors and fields. */
  children: ReactNode;
};

/** A form in a dialog. Ctrl+Enter submits it from any field. */
export function DialogForm({
  title,
  submit,
  isDisabled,
  onSubmit,
  onClose,
  children,
}: DialogFormProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {(close) => (
        <form
          className="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (isDisabled) return;
            const form = event.currentTarget;
            void onSubmit(close).then(() => focusInvalid(form));
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
              <kbd>{modEnter()}</kbd>
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
