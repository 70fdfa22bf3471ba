import { usePaginatedQuery, useQuery } from "convex/react";
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

/** Events asked for at once. */
const PAGE_SIZE = 20;

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
  const { results, status, loadMore } = usePaginatedQuery(
    api.inbox.list,
    {},
    { initialNumItems: PAGE_SIZE },
  );
  if (status === "LoadingFirstPage") return <ListSkeleton />;
  const rejected = stats?.lastRejected;
  return (
    <>
      {rejected && (
        <p className="list__note" role="status">
          Last refused: {rejected.code} <TimeAgo time={rejected.lastAt} />
        </p>
      )}
      {results.length === 0 ? (
        <EmptyState icon="link" title="Nothing received yet">
          <p>Send a payment, or point a provider at /webhook/stripe.</p>
        </EmptyState>
      ) : (
        <ul aria-label="Webhook events">
          {results.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ul>
      )}
      {status === "Exhausted" ? null : (
        <LoadMore
          isLoading={status === "LoadingMore"}
          onLoad={() => loadMore(PAGE_SIZE)}
        />
      )}
    </>
  );
}
