import { useId, type ReactNode } from "react";

/** Drawn on a grid of 16, in the colour of the text. */
const PATHS = {
  file: "M4 2.5h5L12.5 6v7.5h-8.5z M9 2.5V6h3.5",
  globe:
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z M2 8h12 M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14C6 12.2 5.4 10.2 5.4 8S6 3.8 8 2z",
  lock: "M3.8 7.2h8.4v6.3H3.8z M5.5 7.2V5a2.5 2.5 0 0 1 5 0v2.2",
  plus: "M8 3v10 M3 8h10",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10z M10.8 10.8 14 14",
  more: "M3.5 8h.01 M8 8h.01 M12.5 8h.01",
  grip: "M6 4h.01 M10 4h.01 M6 8h.01 M10 8h.01 M6 12h.01 M10 12h.01",
  board: "M2.5 2.8h3v10.4h-3z M6.6 2.8h3v6.4h-3z M10.7 2.8h3v8.4h-3z",
  check: "M3 8.5 6.5 12 13 4.5",
  "arrow-left": "M13 8H3 M7 4 3 8l4 4",
  "arrow-right": "M3 8h10 M9 4l4 4-4 4",
  trash:
    "M2.8 4.3h10.4 M6 4.2V2.5h4v1.7 M4.2 4.5l.6 9h6.4l.6-9 M6.7 7v4 M9.3 7v4",
  archive: "M2.3 3h11.4v3H2.3z M3.4 6v7.2h9.2V6 M6.3 8.7h3.4",
  restore: "M3 3v3.5h3.5 M3.3 6.3A5.3 5.3 0 1 1 2.8 9",
  link: "M6.6 9.4 9.4 6.6 M7.3 4.6l1.6-1.5a2.8 2.8 0 0 1 4 4l-1.5 1.6 M8.7 11.4l-1.6 1.5a2.8 2.8 0 0 1-4-4l1.5-1.6",
  copy: "M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3",
  pencil:
    "M3 13l.6-2.8L10.8 3a1.4 1.4 0 0 1 2.1 2.1l-7.1 7.2z M9.5 4.3l2.1 2.1",
  alert: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z M8 5v3.6 M8 11h.01",
  offline:
    "M2 2l12 12 M8 12.5h.01 M5.5 9.8a3.7 3.7 0 0 1 4-.8 M3 7.2a7 7 0 0 1 2.6-1.7 M13 7.2a7 7 0 0 0-5.4-2.1",
  publish: "M8 10.5v-8 M4.5 6 8 2.5 11.5 6 M2.8 13.5h10.4",
  unpublish: "M8 2.5v8 M4.5 7 8 10.5 11.5 7 M2.8 13.5h10.4",
  "sign-out": "M6.5 2.5h-3.7v11h3.7 M10.5 11l3-3-3-3 M13.5 8H6.5",
  people:
    "M6 7.6a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8z M1.8 13.2c.3-2.4 2-3.7 4.2-3.7s3.9 1.3 4.2 3.7 M10.4 3a2.3 2.3 0 0 1 0 4.4 M11.6 9.8c1.5.4 2.4 1.6 2.6 3.4",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z M8 4.8V8l2.3 1.6",
  close: "M4 4l8 8 M12 4l-8 8",
  keyboard:
    "M1.8 4h12.4v8H1.8z M4.5 6.7h.01 M7 6.7h.01 M9.3 6.7h.01 M11.6 6.7h.01 M5 9.5h6",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that repeats what the words beside it say, so assistive technology leaves it out. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** What ties a control to its label and to what is wrong with it. */
type FieldControl = {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
};

type FieldProps = {
  label: string;
  /** What is wrong, in whole sentences: "Key has 600 characters; the limit is 512." */
  problem: string | undefined;
  /** What the control is for, where the label does not say enough. */
  hint?: string;
  /** Leaves the label to screen readers, where the layout says enough. */
  isLabelHidden?: boolean;
  children: (control: FieldControl) => ReactNode;
};

/** A label, a control, and the refusal of the control's value. */
export function Field({
  label,
  problem,
  hint,
  isLabelHidden = false,
  children,
}: FieldProps) {
  const id = useId();
  const problemId = `${id}-problem`;
  const hintId = `${id}-hint`;
  const isInvalid = problem !== undefined;
  return (
    <div className="field">
      <label
        className={isLabelHidden ? "visually-hidden" : "field__label"}
        htmlFor={id}
      >
        {label}
      </label>
      {children({
        id,
        "aria-invalid": isInvalid,
        "aria-describedby": isInvalid ? problemId : hint && hintId,
      })}
      {hint !== undefined && !isInvalid && (
        <p className="field__hint" id={hintId}>
          {hint}
        </p>
      )}
      {isInvalid && (
        <p className="field__problem" id={problemId} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

type SwitchProps = {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
};

/** On or off, at once. */
export function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <span className="switch__hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
