import { useRef } from "react";
import { useShortcut } from "../hooks/useShortcut.js";
import { Icon } from "./Icon.js";

type Props = {
  /** What is searched: "your documents". */
  label: string;
  value: string;
  onChange: (value: string) => void;
};

/** Words to look for. `/` goes to it from anywhere, Esc empties it and then leaves it. */
export function SearchBox({ label, value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut("/", () => input.current?.focus());
  return (
    <div className="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        className="input"
        type="search"
        aria-label={`Search ${label}`}
        aria-keyshortcuts="/"
        placeholder="Search"
        maxLength={200}
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
