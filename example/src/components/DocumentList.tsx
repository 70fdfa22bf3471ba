import type { UsePaginatedQueryReturnType } from "convex/react";
import type { ReactNode } from "react";
import type { api } from "../../convex/_generated/api.js";
import { matches } from "../lib/document.js";
import { DocumentRow } from "./DocumentRow.js";
import { EmptyState } from "./EmptyState.js";
import { ListSkeleton } from "./ListSkeleton.js";
import { LoadMore } from "./LoadMore.js";

type Props = {
  label: string;
  list: UsePaginatedQueryReturnType<typeof api.documents.listPublic>;
  pageSize: number;
  /** Words that a document must contain to be shown. */
  query: string;
  viewerId: string | null;
  showsOwners?: boolean;
  /** What to show when there are none. */
  empty: ReactNode;
};

/** A paginated list in one of its states: loading, empty, nothing that matches, or there. */
export function DocumentList({
  label,
  list,
  pageSize,
  query,
  viewerId,
  showsOwners = false,
  empty,
}: Props) {
  const { results, status, loadMore } = list;
  if (status === "LoadingFirstPage") return <ListSkeleton />;
  if (results.length === 0 && status === "Exhausted") return empty;

  const words = query.trim();
  const shown =
    words === ""
      ? results
      : results.filter((document) => matches(document, words));
  return (
    <>
      {words !== "" && (
        <p className="list__note" role="status">
          {shown.length} of {results.length}{" "}
          {status === "Exhausted" ? "" : "loaded "}documents contain “{words}”.
        </p>
      )}
      {shown.length === 0 && status === "Exhausted" ? (
        <EmptyState icon="search" title="No document contains these words" />
      ) : (
        <ul className="list" aria-label={label}>
          {shown.map((document) => (
            <DocumentRow
              key={document._id}
              document={document}
              isOwn={document.ownerId === viewerId}
              showsOwner={showsOwners}
            />
          ))}
        </ul>
      )}
      <LoadMore status={status} onLoad={() => loadMore(pageSize)} />
    </>
  );
}
