import { useEffect, useEffectEvent } from "react";
import { isTaken } from "../lib/keys.js";

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
