import type { KeyboardEvent } from "react";

/** How the key that goes with Enter is written on this machine. */
export const MOD_ENTER = /Mac|iPhone|iPad/.test(navigator.userAgent)
  ? "⌘ ↵"
  : "Ctrl ↵";

/** Submits the form around a text of many lines, where Enter alone begins a line. */
export function submitOnModEnter(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

/** Whether a keystroke belongs to something else: a field, a dialog, a menu, or the browser. */
export function isTaken(event: globalThis.KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey)
    return true;
  // A dialog that is closed is on the page until its close event, which would also close what the key opens.
  if (document.querySelector("dialog, [role=menu]") !== null) return true;
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    target.closest(
      "input:not([type=checkbox]), textarea, select, [contenteditable]",
    ) !== null
  );
}
