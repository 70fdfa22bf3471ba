import { useEffect, useEffectEvent, useState } from "react";
import { isTaken } from "../lib/keys.js";

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
  // What has left the list is not acted upon.
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
