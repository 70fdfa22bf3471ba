import type { ReactNode } from "react";
import { Icon, type IconName } from "./controls.js";

export function PageHeader({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <header className="page-header">
      <div>
        <h1>{title}</h1>
        {text !== undefined && <p>{text}</p>}
      </div>
      {children}
    </header>
  );
}

type EmptyStateProps = {
  icon: IconName;
  title: string;
  level?: 1 | 2;
  /** Nothing has ever been here: the page hides what only helps with something. */
  isFirst?: boolean;
  children?: ReactNode;
};

/** Nothing is here: why, and what to do. */
export function EmptyState({
  icon,
  title,
  level = 2,
  isFirst = false,
  children,
}: EmptyStateProps) {
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

/** Placeholder of a list while it loads. CSS shows it after a moment. */
export function ListSkeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading documents">
      {[62, 44, 71, 53].map((width) => (
        <div key={width} className="skeleton__row">
          <span style={{ width: `${width * 0.6}%` }} />
          <span style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

type LoadMoreProps = { isLoading: boolean; onLoad: () => void };

export function LoadMore({ isLoading, onLoad }: LoadMoreProps) {
  return (
    <div className="load-more">
      <button className="button" aria-disabled={isLoading} onClick={onLoad}>
        {isLoading ? "Loading…" : "Load more"}
      </button>
    </div>
  );
}

type BarProps = {
  /** What it is about; told to a screen reader when it changes. */
  text: ReactNode;
  /** The name of a bar of actions. */
  label?: string;
  className?: string;
  /** A state for the styles. */
  state?: string;
  children?: ReactNode;
};

/** Floats over the end of the page: a sentence, and what to do about it. Where there is little room, one above the other. */
export function Bar({
  text,
  label,
  className = "",
  state,
  children,
}: BarProps) {
  return (
    <div
      className={`bar ${className}`}
      data-state={state}
      {...(label !== undefined && { role: "toolbar", "aria-label": label })}
    >
      <span className="bar__text" role="status">
        {text}
      </span>
      {children}
    </div>
  );
}

/** Over the end of the page: the progress of bulk operations, and actions for the selection. */
export function Dock({ children }: { children: ReactNode }) {
  return <div className="dock">{children}</div>;
}
