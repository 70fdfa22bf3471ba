import { useQuery } from "convex/react";
import { useEffect, useEffectEvent, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { Icon } from "../ui/controls.js";
import { isTaken } from "../ui/keys.js";
import { Bar } from "../ui/layout.js";
import { useBatch, type BatchKind } from "./bulk.js";
import type { Status } from "./document.js";

export type Picked = {
  /** Selected rows that are still in the list, in its order. */
  ids: string[];
  /** Everything that the list is about, loaded or not. */
  isAll: boolean;
  has: (id: string) => boolean;
  /** Selects a row or lets it go. With `isRange`, all rows from the last one on. */
  toggle: (id: string, isRange: boolean) => void;
  selectLoaded: () => void;
  selectAll: () => void;
  clear: () => void;
};

/** Which rows of a list are selected. `x` toggles the row with the focus, Shift a range; Esc clears. */
export function useSelection(rows: string[]): Picked {
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const [anchor, setAnchor] = useState<string | null>(null);
  // Rows that have left the list are not selected any more.
  const ids = isAll ? rows : rows.filter((id) => chosen.has(id));

  const toggle = (id: string, isRange: boolean) => {
    const next = new Set(ids);
    const range = isRange ? between(rows, anchor, id) : [id];
    const isOn = isRange || !next.has(id);
    for (const each of range) {
      if (isOn) next.add(each);
      else next.delete(each);
    }
    choose(next);
    setAll(false);
    setAnchor(id);
  };
  const clear = () => {
    choose(new Set());
    setAll(false);
    setAnchor(null);
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (isTaken(event)) return;
    if (event.key === "Escape") clear();
    const id = event.key.toLowerCase() === "x" ? focusedRow() : undefined;
    if (id === undefined) return;
    event.preventDefault();
    toggle(id, event.shiftKey);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);

  return {
    ids,
    isAll,
    has: (id) => isAll || chosen.has(id),
    toggle,
    selectLoaded: () => choose(new Set(rows)),
    selectAll: () => setAll(true),
    clear,
  };
}

function between(rows: string[], from: string | null, to: string): string[] {
  const start = from === null ? -1 : rows.indexOf(from);
  const end = rows.indexOf(to);
  if (start < 0) return [to];
  return rows.slice(Math.min(start, end), Math.max(start, end) + 1);
}

function focusedRow(): string | undefined {
  const row = document.activeElement?.closest("[data-row]");
  return row?.getAttribute("data-row") ?? undefined;
}

type SelectionBarProps = {
  selection: Picked;
  status: Status | undefined;
  /** Whether there are documents that are not loaded. */
  hasMore: boolean;
};

/** Actions for the selected documents, over the end of the page. */
export function SelectionBar({
  selection,
  status,
  hasMore,
}: SelectionBarProps) {
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
    <Bar
      label="Selected documents"
      text={isAll ? `All ${total.text} selected` : `${ids.length} selected`}
    >
      <button
        className="button button--icon"
        aria-label="Clear the selection"
        aria-keyshortcuts="Escape"
        onClick={clear}
      >
        <Icon name="close" />
      </button>
      {hasMore && !isAll && <SelectAll status={status} selection={selection} />}
      {status !== "published" && button("Publish", "published")}
      {status !== "archived" && button("Archive", "archived")}
      {button("Move to trash", "remove")}
    </Bar>
  );
}

/** The server counts up to here, then says that there are more. */
const COUNTED = 1_000;

const NAMES: Record<Status | "all", string> = {
  all: "documents",
  draft: "drafts",
  published: "published",
  archived: "archived",
};

/** Selects all documents, not only the loaded ones. */
function SelectAll({
  selection,
  status,
}: {
  selection: Picked;
  status: Status | undefined;
}) {
  return (
    <button className="button button--quiet" onClick={selection.selectAll}>
      All my {NAMES[status ?? "all"]}…
    </button>
  );
}

/** The total number, counted only when all are selected. */
function useTotal(
  isWanted: boolean,
  status: Status | undefined,
): { text: string; known: number | undefined } {
  const counted = useQuery(
    api.documents.count,
    isWanted ? { upTo: COUNTED, ...(status && { status }) } : "skip",
  );
  const name = NAMES[status ?? "all"];
  if (counted === undefined) return { text: name, known: undefined };
  const { count, more } = counted;
  return more
    ? { text: `${count.toLocaleString("en")}+ ${name}`, known: undefined }
    : { text: `${count.toLocaleString("en")} ${name}`, known: count };
}
