import { useState, type KeyboardEvent } from "react";
import { Field, Icon } from "../ui/controls.js";
import { dayInWords } from "../ui/time.js";
import type { AppDocument } from "./document.js";

/** A day as `<input type="date">` has it, in the time zone of the window. */
function dayOf(time: number): string {
  const at = new Date(time);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Midnight of a day (ms); `undefined` for none. */
function timeOf(day: string): number | undefined {
  const time = day === "" ? NaN : new Date(`${day}T00:00`).getTime();
  return Number.isNaN(time) ? undefined : time;
}

/** "Due Nov 24, 2026". Nothing without a date. */
export function Due({ document }: { document: Pick<AppDocument, "dueAt"> }) {
  const { dueAt } = document;
  if (dueAt === undefined) return null;
  return (
    <time className="due" dateTime={dayOf(dueAt)}>
      Due {dayInWords(dueAt)}
    </time>
  );
}

/** The tags of a document, as words. */
export function Tags({ document }: { document: Pick<AppDocument, "tags"> }) {
  return (document.tags ?? []).map((tag) => (
    <span key={tag} className="tag tag--small">
      {tag}
    </span>
  ));
}

type DueFieldProps = {
  value: number | undefined;
  problem: string | undefined;
  /** Whether there are readers who do not see it: `readable` in convex/documents.ts. */
  isHidden: boolean;
  onChange: (value: number | undefined) => void;
};

export function DueField({
  value,
  problem,
  isHidden,
  onChange,
}: DueFieldProps) {
  return (
    <Field
      label="Due"
      problem={problem}
      {...(isHidden && { hint: "Readers do not see it." })}
    >
      {(control) => (
        <input
          {...control}
          className="input"
          type="date"
          max="9999-12-31"
          value={value === undefined ? "" : dayOf(value)}
          onChange={(event) => onChange(timeOf(event.target.value))}
        />
      )}
    </Field>
  );
}

type TagsFieldProps = {
  value: string[];
  problem: string | undefined;
  onChange: (value: string[]) => void;
};

/** Enter and a comma end a tag, Backspace in the empty field takes the last one away. */
export function TagsField({ value, problem, onChange }: TagsFieldProps) {
  const [text, setText] = useState("");
  const add = (given: string) => {
    const tags = given.split(",").map((tag) => tag.trim());
    const next = [...new Set([...value, ...tags])].filter((tag) => tag !== "");
    if (next.length > value.length) onChange(next);
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && text.trim() !== "") {
      // Enter in an empty field saves, as in any other.
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "" && value.length > 0) {
      onChange(value.slice(0, -1));
    }
  };
  return (
    <Field label="Tags" problem={problem}>
      {(control) => (
        <div className="tags-field">
          {value.map((tag) => (
            <button
              key={tag}
              type="button"
              className="tag"
              aria-label={`Remove the tag ${tag}`}
              onClick={() => onChange(value.filter((other) => other !== tag))}
            >
              {tag}
              <Icon name="close" />
            </button>
          ))}
          <input
            {...control}
            className="input"
            autoComplete="off"
            enterKeyHint="done"
            maxLength={40}
            placeholder="Add a tag"
            value={text}
            onChange={({ target }) =>
              target.value.includes(",")
                ? add(target.value)
                : setText(target.value)
            }
            onKeyDown={onKeyDown}
            // What was typed is part of what is saved by a click on Save.
            onBlur={() => add(text)}
          />
        </div>
      )}
    </Field>
  );
}
