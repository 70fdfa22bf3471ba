import type { PaginationStatus } from "convex/react";

export function LoadMore({
  status,
  onLoad,
}: {
  status: PaginationStatus;
  onLoad: () => void;
}) {
  if (status === "Exhausted") return null;
  const isLoading = status !== "CanLoadMore";
  return (
    <div className="load-more">
      <button className="button" aria-disabled={isLoading} onClick={onLoad}>
        {isLoading ? "Loading…" : "Load more"}
      </button>
    </div>
  );
}
