import type { DocumentsState } from "@acme/convex-docs/react";
import { useState, type ReactNode } from "react";
import { Avatar } from "../people.js";
import { hrefTo } from "../route.js";
import { useViewer } from "../session.js";
import { useOwners } from "../teams/teams.js";
import { explain, type Failure } from "../ui/failure.js";
import { EmptyState, ListSkeleton, LoadMore } from "../ui/layout.js";
import { TimeAgo } from "../ui/time.js";
import { DocumentMenu, type Standing } from "./actions.js";
import { Due, Tags } from "./details.js";
import {
  excerptOf,
  nameOf,
  StatusBadge,
  Visibility,
  type AppDocument,
} from "./document.js";
import type { Picked } from "./selection.js";

type DocumentListProps = {
  label: string;
  list: DocumentsState<AppDocument>;
  /** What to show when there are none. */
  empty: ReactNode;
  /** One row. */
  children: (document: AppDocument) => ReactNode;
};

/**
 * A live list. An error goes to the boundary around it, which can retry; a view that is being built needs no retry, because the
 * list comes by itself.
 */
export function DocumentList({
  label,
  list,
  empty,
  children,
}: DocumentListProps) {
  switch (list.status) {
    case "loading":
      return <ListSkeleton />;
    case "empty":
      return empty;
    case "error":
      if (list.error.code === "VIEW_BUILDING")
        return <BeingPrepared error={list.error} />;
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

/** More documents than can be sorted without the view that is being built. */
export function BeingPrepared({ error }: { error: Failure }) {
  const { title, text } = explain(error);
  return (
    <div role="status">
      <EmptyState icon="clock" title={title}>
        <p>
          You have so many documents that this order needs an index first, which
          is being built. {text} Search works meanwhile, and so does the list by
          last change.
        </p>
        <a className="button" href={hrefTo({ page: "mine" })}>
          Show by last change
        </a>
      </EmptyState>
    </div>
  );
}

type DocumentRowProps = {
  document: AppDocument;
  /** What the viewer is to it. */
  role: Standing;
  /** What is told of it beside its text: its status, in a team whose change is the last too, and where it is others' whose it is. */
  shows: "status" | "author" | "owner";
  /** Absent where rows cannot be selected. */
  selection?: Picked;
};

/** One document of a list. Flashes when it changes, in this window or another. */
export function DocumentRow({
  document,
  role,
  shows,
  selection,
}: DocumentRowProps) {
  const [firstVersion] = useState(document.version);
  const owners = useOwners();
  const viewer = useViewer();
  const { ownerId, updatedBy } = document;
  const excerpt = excerptOf(document);
  return (
    <li
      className="row"
      data-row={document._id}
      data-selected={selection?.has(document._id)}
    >
      {document.version !== firstVersion && (
        <span key={document.version} className="row__flash" />
      )}
      {selection && (
        <label className="row__pick">
          <input
            className="row__check"
            type="checkbox"
            aria-label={`Select ${nameOf(document)}`}
            aria-keyshortcuts="x"
            checked={selection.has(document._id)}
            onChange={({ nativeEvent }) =>
              selection.toggle(
                document._id,
                nativeEvent instanceof MouseEvent && nativeEvent.shiftKey,
              )
            }
          />
        </label>
      )}
      {shows === "owner" && <Avatar person={owners(ownerId)} />}
      {shows === "author" && <Avatar person={owners(updatedBy ?? ownerId)} />}
      <div className="row__text">
        <a
          className="row__title"
          href={hrefTo({ page: "document", id: document._id })}
        >
          {nameOf(document)}
        </a>
        <p className="row__excerpt">
          {excerpt === "" ? "No text yet" : excerpt}
        </p>
        {(document.tags !== undefined || document.dueAt !== undefined) && (
          <p className="row__details">
            <Tags document={document} />
            <Due document={document} />
          </p>
        )}
      </div>
      <div className="row__facts">
        {shows === "owner" ? (
          <span className="row__owner">
            {role === "owner" ? "You" : owners(ownerId).name}
          </span>
        ) : (
          <>
            {/* Whoever was erased has no name any more. */}
            {shows === "author" && updatedBy && (
              <span className="row__owner">
                by{" "}
                {updatedBy === viewer.ownerId ? "you" : owners(updatedBy).name}
              </span>
            )}
            <Visibility document={document} isShort />
            <StatusBadge document={document} />
          </>
        )}
        <TimeAgo time={document.updatedAt} />
      </div>
      {role === "public" ? (
        <span className="row__no-menu" />
      ) : (
        <DocumentMenu document={document} role={role} />
      )}
    </li>
  );
}
