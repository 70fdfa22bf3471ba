import { useRevisions } from "@acme/convex-docs/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { Avatar, personOf } from "../people.js";
import { hrefTo } from "../route.js";
import type { Viewer } from "../session.js";
import { Icon } from "../ui/controls.js";
import { EmptyState, ListSkeleton, LoadMore } from "../ui/layout.js";
import { TimeAgo } from "../ui/time.js";

export type Revision = FunctionReturnType<
  typeof api.documents.listRevisions
>["page"][number];

/** The history of a document, live: the present content first. */
export function useVersions(id: string) {
  return useRevisions(api.documents.listRevisions, { id });
}

type VersionsProps = {
  id: string;
  state: ReturnType<typeof useVersions>;
  /** The version that is looked at. */
  picked: number | undefined;
  viewer: Viewer;
};

/** The versions of a document, the newest first. */
export function Versions({ id, state, picked, viewer }: VersionsProps) {
  switch (state.status) {
    case "loading":
      return <ListSkeleton />;
    case "missing":
      return (
        <EmptyState icon="lock" title="There is no history to see">
          <p>The history of a document is its owner's.</p>
        </EmptyState>
      );
    case "error":
      throw state.cause;
    case "ready":
      return (
        <div className="history__list">
          <ol className="versions-list" aria-label="Versions">
            {state.revisions.map((revision) => (
              <li key={revision.version}>
                <VersionLink
                  id={id}
                  revision={revision}
                  isPicked={revision.version === picked}
                  viewer={viewer}
                />
              </li>
            ))}
          </ol>
          {state.hasMore && (
            <LoadMore
              isLoading={state.isLoadingMore}
              onLoad={() => state.loadMore()}
            />
          )}
        </div>
      );
  }
}

function VersionLink({
  id,
  revision,
  isPicked,
  viewer,
}: {
  id: string;
  revision: Revision;
  isPicked: boolean;
  viewer: Viewer;
}) {
  const { version, until, publishedAt, at } = revision;
  const note = noteOf(revision);
  return (
    <a
      className="versions-list__link"
      href={hrefTo({ page: "history", id, version })}
      aria-current={isPicked ? "true" : undefined}
    >
      <span className="versions-list__name">
        {versionName(revision)}
        {until === undefined && <span className="tag tag--small">Now</span>}
        {publishedAt !== undefined && (
          <span className="tag tag--small">Published</span>
        )}
      </span>
      <span className="versions-list__by">
        <Author revision={revision} viewer={viewer} />
        <TimeAgo time={at} />
      </span>
      {note !== undefined && (
        <span className="versions-list__note">{note}</span>
      )}
    </a>
  );
}

/** What to call a version: the name that somebody gave it, or its number. */
export function versionName({ name, version }: Revision): string {
  return name ?? `Version ${version}`;
}

/** Why a content is there, where it is not somebody's edit. */
export function noteOf({ kind, reason }: Revision): string | undefined {
  if (kind === "revert") return "Brought back";
  return kind === "discard" ? "Back to what was published" : reason;
}

/** Who wrote a content: a person, the app itself, or nobody that is known. */
export function Author({
  revision: { by },
  viewer,
}: {
  revision: Revision;
  viewer: Viewer;
}) {
  if (by === undefined) return <span>Somebody</span>;
  if (by === null) {
    return (
      <span className="versions-list__author">
        <Icon name="clock" />
        The app
      </span>
    );
  }
  const person = personOf(by);
  return (
    <span className="versions-list__author">
      <Avatar person={person} />
      {by === viewer.ownerId ? "You" : person.name}
    </span>
  );
}
