import { useDocsMutation, useSharedDocuments } from "@acme/convex-docs/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { nameOf } from "../documents/document.js";
import { Avatar, personOf } from "../people.js";
import { Places } from "../Places.js";
import { hrefTo } from "../route.js";
import { SessionRefused, type Viewer } from "../session.js";
import { ROLE_LABELS } from "../sharing/roles.js";
import { useOwners } from "../teams/teams.js";
import { Icon } from "../ui/controls.js";
import {
  EmptyState,
  ListSkeleton,
  LoadMore,
  PageHeader,
} from "../ui/layout.js";
import { Menu } from "../ui/menu.js";
import { ErrorBoundary, useRefusal } from "../ui/refusals.js";
import { TimeAgo } from "../ui/time.js";
import { useToasts } from "../ui/toasts.js";

type SharedDocumentsProps = {
  viewer: Exclude<Viewer, { status: "signedOut" }>;
};
type Row = FunctionReturnType<typeof api.documents.listShared>["page"][number];

/** What others have shared with whoever is signed in. */
export function SharedDocuments({ viewer }: SharedDocumentsProps) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Shared with me · Acme Docs</title>
      <PageHeader
        title="Shared with me"
        text="What others have shared with you, by name or by your e-mail address."
      />
      <Places />
      <ErrorBoundary>
        <SharedList isSignedIn={viewer.status === "signedIn"} />
      </ErrorBoundary>
    </>
  );
}

function SharedList({ isSignedIn }: { isSignedIn: boolean }) {
  const list = useSharedDocuments(
    api.documents.listShared,
    isSignedIn ? {} : "skip",
  );
  switch (list.status) {
    case "loading":
      return <ListSkeleton />;
    case "empty":
      return (
        <EmptyState icon="people" title="Nothing is shared with you" isFirst>
          <p>
            A document appears here as soon as somebody shares it with you, and
            goes when they do not any more.
          </p>
        </EmptyState>
      );
    case "error":
      throw list.cause;
    case "ready":
      return (
        <>
          <ul className="list" aria-label="Shared with me">
            {list.shared.map((row) => (
              <SharedRow key={row.document._id} row={row} />
            ))}
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

function SharedRow({ row }: { row: Row }) {
  const { document, role, sharedAt, sharedBy } = row;
  const { _id: id, ownerId } = document;
  const name = nameOf(document);
  const leave = useDocsMutation(api.documents.leave);
  const owner = useOwners()(ownerId);
  const refuse = useRefusal();
  const show = useToasts();
  const giveUp = async () => {
    const outcome = await leave.mutate({ id });
    if (!outcome.ok) refuse(outcome.error, { owner: owner.name, role });
    else show({ tone: "done", title: `You have left “${name}”` });
  };
  return (
    <li className="row" data-row={id}>
      <Avatar person={owner} />
      <div className="row__text">
        <a className="row__title" href={hrefTo({ page: "document", id })}>
          {name}
        </a>
        <p className="row__excerpt">
          Of {owner.name}
          {sharedBy !== undefined &&
            sharedBy !== ownerId &&
            `, shared by ${personOf(sharedBy).name}`}
        </p>
      </div>
      <div className="row__facts">
        <span className="row__owner">{ROLE_LABELS[role]}</span>
        <TimeAgo time={sharedAt} />
      </div>
      <Menu
        label={`Actions for ${name}`}
        trigger={<Icon name="more" />}
        items={[
          {
            label: "Leave",
            icon: "sign-out",
            isDangerous: true,
            run: () => void giveUp(),
          },
        ]}
      />
    </li>
  );
}
