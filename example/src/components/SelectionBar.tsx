import { useBatch } from "../hooks/useBatch.js";
import type { BatchKind } from "../hooks/useMany.js";
import type { Picked } from "../hooks/useSelection.js";
import type { Status } from "../lib/document.js";
import { Icon } from "./Icon.js";
import { SelectAll, useTotal } from "./SelectAll.js";

type Props = {
  selection: Picked;
  status: Status | undefined;
  /** Whether there are documents that are not loaded. */
  hasMore: boolean;
};

/** What can be done to the selected documents. Lies over the end of the page as long as there are some. */
export function SelectionBar({ selection, status, hasMore }: Props) {
  const { run, isBusy } = useBatch();
  const { ids, isAll, clear } = selection;
  const total = useTotal(isAll, status);
  if (ids.length === 0) return null;

  const act = async (kind: BatchKind) => {
    if (isBusy) return;
    const where = status === undefined ? {} : { status };
    const done = isAll
      ? await run(kind, { where }, total.known)
      : await run(kind, { ids });
    if (done) clear();
  };
  const button = (label: string, kind: BatchKind) => (
    <button
      className="button"
      aria-disabled={isBusy}
      onClick={() => void act(kind)}
    >
      {label}
    </button>
  );
  return (
    <div className="selection" role="toolbar" aria-label="Selected documents">
      <span className="selection__count" role="status">
        {isAll ? `All ${total.text} selected` : `${ids.length} selected`}
      </span>
      {hasMore && !isAll && <SelectAll status={status} selection={selection} />}
      {status !== "published" && button("Publish", "published")}
      {status !== "archived" && button("Archive", "archived")}
      {button("Move to trash", "remove")}
      <button
        className="button button--icon"
        aria-label="Clear the selection"
        aria-keyshortcuts="Escape"
        onClick={clear}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
