import { useEffect, useId, useState, type ReactNode } from "react";

type Props = {
  title: string;
  onClose: () => void;
  /** Everything that closes it must go through `close`: it gives the focus back to where it was. */
  children: (close: () => void) => ReactNode;
  className?: string;
};

/** A dialog that is open as long as it is rendered. Esc closes it; the page behind it cannot be reached. */
export function Dialog({ title, onClose, children, className = "" }: Props) {
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
