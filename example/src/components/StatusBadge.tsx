import { STATUS_LABELS, type Status } from "../lib/document.js";

export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className={`badge badge--${status}`}>{STATUS_LABELS[status]}</span>
  );
}
