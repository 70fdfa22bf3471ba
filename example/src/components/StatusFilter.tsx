import { STATUS_LABELS, STATUSES, type Status } from "../lib/document.js";
import { hrefTo } from "../lib/route.js";

/** Links, not buttons: a filtered list has an address. */
export function StatusFilter({ value }: { value: Status | undefined }) {
  return (
    <nav className="segments" aria-label="Status">
      {[undefined, ...STATUSES].map((status) => (
        <a
          key={status ?? "all"}
          className="segments__item"
          href={hrefTo({ page: "mine", ...(status && { status }) })}
          aria-current={status === value ? "true" : undefined}
        >
          {status === undefined ? "All" : STATUS_LABELS[status]}
        </a>
      ))}
    </nav>
  );
}
