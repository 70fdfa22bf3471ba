import { useId, type ReactNode } from "react";

/** What ties a control to its label and to what is wrong with it. */
export type FieldControl = {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
};

type Props = {
  label: string;
  /** What is wrong, going on from the label: "has 600 characters; the limit is 512." */
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
}: Props) {
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
          {label} {problem}
        </p>
      )}
    </div>
  );
}
