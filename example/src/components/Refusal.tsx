import type { ReactNode } from "react";
import { explain, type Failure } from "../lib/failure.js";
import { Icon } from "./Icon.js";

/** Why something was refused, in words made from the error's code, and what can be done instead. */
export function Refusal({
  failure,
  owner,
  children,
}: {
  failure: Failure;
  owner?: string;
  children?: ReactNode;
}) {
  const { title, text } = explain(failure, owner);
  return (
    <div className="refusal" role="alert">
      <Icon name="alert" />
      <div>
        <p className="refusal__title">
          {title}
          <code>{failure.code}</code>
        </p>
        <p className="refusal__text">{text}</p>
        {children !== undefined && (
          <div className="refusal__actions">{children}</div>
        )}
      </div>
    </div>
  );
}
