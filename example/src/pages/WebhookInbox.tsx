import { useDocuments } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import { EmptyState } from "../components/EmptyState.js";
import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { EventRow } from "../components/EventRow.js";
import { ListSkeleton } from "../components/ListSkeleton.js";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { SendTestEvent } from "../components/SendTestEvent.js";
import { SessionRefused } from "../components/SessionRefused.js";
import { TimeAgo } from "../components/TimeAgo.js";
import type { Viewer } from "../hooks/useViewer.js";

type Props = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** What the payment provider sent, and what became of it. */
export function WebhookInbox({ viewer }: Props) {
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>Webhooks · Acme Docs</title>
      <PageHeader
        title="Webhooks"
        text="What the payment provider sent. Each event is applied once."
      >
        <SendTestEvent />
      </PageHeader>
      <ErrorBoundary>
        {viewer.status === "signedIn" ? <Inbox /> : <ListSkeleton />}
      </ErrorBoundary>
    </>
  );
}

function Inbox() {
  const stats = useQuery(api.inbox.stats);
  const events = useDocuments(api.inbox.list, {});
  if (events.status === "loading") return <ListSkeleton />;
  if (events.status === "error") throw events.cause;
  const rejected = stats?.lastRejected;
  return (
    <>
      {rejected && (
        <p className="list__note" role="status">
          Last refused: {rejected.code} <TimeAgo time={rejected.lastAt} />
        </p>
      )}
      {events.status === "empty" ? (
        <EmptyState icon="link" title="Nothing received yet">
          <p>Send a payment, or point a provider at /webhook/stripe.</p>
        </EmptyState>
      ) : (
        <ul aria-label="Webhook events">
          {events.documents.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ul>
      )}
      {events.status === "ready" && events.hasMore && (
        <LoadMore
          isLoading={events.isLoadingMore}
          onLoad={() => events.loadMore()}
        />
      )}
    </>
  );
}
