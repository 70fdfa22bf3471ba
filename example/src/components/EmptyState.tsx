import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.js";

type Props = {
  icon: IconName;
  title: string;
  level?: 1 | 2;
  /** Nothing has ever been here: the page hides what only helps with something. */
  isFirst?: boolean;
  children?: ReactNode;
};

/** Says that there is nothing here, why, and what to do about it. */
export function EmptyState({
  icon,
  title,
  level = 2,
  isFirst = false,
  children,
}: Props) {
  const Heading = `h${level}` as const;
  return (
    <div className={isFirst ? "empty empty--first" : "empty"}>
      <span className="empty__icon">
        <Icon name={icon} />
      </span>
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}
