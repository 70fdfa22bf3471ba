import { useState } from "react";
import { useBulk } from "../hooks/useBulk.js";
import { ConfirmDialog } from "./ConfirmDialog.js";

/** Deletes for good whatever is in the trash now, however much it is. */
export function EmptyTrashButton() {
  const { start, isBusy } = useBulk();
  const [isConfirming, setConfirming] = useState(false);
  return (
    <>
      <button
        className="button"
        aria-disabled={isBusy}
        onClick={() => !isBusy && setConfirming(true)}
      >
        Empty the trash…
      </button>
      {isConfirming && (
        <ConfirmDialog
          title="Delete everything in the trash for good?"
          confirm="Empty the trash"
          onConfirm={() => void start("purge", { where: {} })}
          onClose={() => setConfirming(false)}
        >
          None of it can be brought back.
        </ConfirmDialog>
      )}
    </>
  );
}
