import {
  useEffect,
  useEffectEvent,
  type KeyboardEvent as ReactKeyboardEvent,
} from "react";

/** The label of the submit shortcut on this machine. */
export function modEnter(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ ↵" : "Ctrl ↵";
}

/** Submits the form of a multi-line field, where Enter alone starts a line. */
export function submitOnModEnter(
  event: ReactKeyboardEvent<HTMLFormElement>,
): void {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

/** Whether a key press belongs to a field, a dialog, a menu or the browser. */
export function isTaken(event: KeyboardEvent): boolean {
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

/** Runs `handle` on a key pressed anywhere on the page but in a field, a dialog or a menu. */
export function useShortcut(key: string, handle: () => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== key || event.repeat || isTaken(event)) return;
    // The key must not also be typed into the field that it opens.
    event.preventDefault();
    handle();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}
