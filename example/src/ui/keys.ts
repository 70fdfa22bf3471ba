import {
  useEffect,
  useEffectEvent,
  type KeyboardEvent as ReactKeyboardEvent,
} from "react";

const isApple = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The label of the submit shortcut on this machine. */
export const modEnter = () => (isApple() ? "⌘ ↵" : "Ctrl ↵");

/** The label of the shortcut that saves. */
export const modS = () => (isApple() ? "⌘ S" : "Ctrl S");

/** Submits the form of a multi-line field, where Enter alone starts a line. Ctrl+S does, too, as in any editor. */
export function submitOnModEnter(
  event: ReactKeyboardEvent<HTMLFormElement>,
): void {
  const isEnter =
    event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.altKey;
  if (!isEnter && !isSave(event.nativeEvent)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

function isSave(event: KeyboardEvent): boolean {
  const { key, metaKey, ctrlKey, altKey, shiftKey } = event;
  return (
    key.toLowerCase() === "s" && (metaKey || ctrlKey) && !altKey && !shiftKey
  );
}

/** Ctrl+S anywhere on the page, where the browser would save the page's own file. Not behind a dialog. */
export function useSaveShortcut(save: () => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (!isSave(event) || event.defaultPrevented) return;
    event.preventDefault();
    if (document.querySelector("dialog[open]") === null) save();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
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
