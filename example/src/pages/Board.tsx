import { useDocuments } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import { Board as Columns } from "../board/board.js";
import { NewDocumentButton } from "../documents/create.js";
import { STATUSES, type Status } from "../documents/document.js";
import { Count, useCounts } from "../documents/filters.js";
import { BeingPrepared } from "../documents/list.js";
import { Places } from "../Places.js";
import { SessionRefused, type Viewer } from "../session.js";
import {
  EmptyState,
  ListSkeleton,
  LoadMore,
  PageHeader,
} from "../ui/layout.js";
import { ErrorBoundary } from "../ui/refusals.js";

type BoardProps = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** One's own documents by status, in the order that one gives them. */
export function Board({ viewer }: BoardProps) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Board · Acme Docs</title>
      <PageHeader title="Board">
        <NewDocumentButton />
      </PageHeader>
      <Places />
      <ErrorBoundary>
        <LiveBoard isSignedIn={viewer.status === "signedIn"} />
      </ErrorBoundary>
    </>
  );
}

/** The cards of a column: the highest rank is at the top. */
function useColumn(status: Status, isSignedIn: boolean) {
  return useDocuments(
    api.documents.list,
    isSignedIn
      ? ({ view: "board", where: { status }, order: "desc" } as const)
      : "skip",
  );
}

function LiveBoard({ isSignedIn }: { isSignedIn: boolean }) {
  const lists = {
    draft: useColumn("draft", isSignedIn),
    published: useColumn("published", isSignedIn),
    archived: useColumn("archived", isSignedIn),
  };
  const counts = useCounts(
    isSignedIn
      ? Object.fromEntries(
          STATUSES.map((status) => [
            status,
            { view: "board", where: { status } } as const,
          ]),
        )
      : "skip",
  );
  const all = STATUSES.map((status) => lists[status]);
  for (const list of all) {
    if (list.status !== "error") continue;
    if (list.error.code === "VIEW_BUILDING")
      return <BeingPrepared error={list.error} />;
    throw list.cause;
  }
  if (all.some(({ status }) => status === "loading")) return <ListSkeleton />;
  if (all.every(({ status }) => status === "empty")) {
    return (
      <EmptyState icon="board" title="Nothing on the board yet" isFirst>
        <p>Each document is a card here, in the column of its status.</p>
        <NewDocumentButton />
      </EmptyState>
    );
  }
  return (
    <Columns
      columns={{
        draft: lists.draft.documents ?? [],
        published: lists.published.documents ?? [],
        archived: lists.archived.documents ?? [],
      }}
      count={(status) => <Count of={counts[status]} />}
      more={(status) => {
        const list = lists[status];
        return (
          list.status === "ready" &&
          list.hasMore && (
            <LoadMore
              isLoading={list.isLoadingMore}
              onLoad={() => list.loadMore()}
            />
          )
        );
      }}
    />
  );
}
