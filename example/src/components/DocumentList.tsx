import type { DocumentsState } from "@acme/convex-docs/react";
import type { ReactNode } from "react";
import type { AppDocument } from "../lib/document.js";
import { ListSkeleton } from "./ListSkeleton.js";
import { LoadMore } from "./LoadMore.js";

type Props = {
  label: string;
  list: DocumentsState<AppDocument>;
  /** What to show when there are none. */
  empty: ReactNode;
  /** One row. */
  children: (document: AppDocument) => ReactNode;
};

/** A live list in one of its states. A failed one goes to the boundary around it, which can start it again. */
export function DocumentList({ label, list, empty, children }: Props) {
  switch (list.status) {
    case "loading":
      return <ListSkeleton />;
    case "empty":
      return empty;
    case "error":
      throw list.cause;
    case "ready":
      return (
        <>
          <ul className="list" aria-label={label}>
            {list.documents.map(children)}
          </ul>
          {list.hasMore && (
            <LoadMore
              isLoading={list.isLoadingMore}
              onLoad={() => list.loadMore()}
            />
          )}
        </>
      );
  }
}
