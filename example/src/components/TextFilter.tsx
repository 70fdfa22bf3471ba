import { useRef } from "react";
import { useShortcut } from "../hooks/useShortcut.js";
import { Icon } from "./Icon.js";

/** Narrows the loaded part of a list to what contains the words. */
export function TextFilter({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut("/", () => input.current?.focus());
  return (
    <div className="text-filter">
      <Icon name="search" />
      <input
        ref={input}
        className="input"
        type="search"
        aria-label="Filter by words"
        aria-keyshortcuts="/"
        placeholder="Filter"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value === "") event.currentTarget.blur();
          else onChange("");
          event.preventDefault();
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}
