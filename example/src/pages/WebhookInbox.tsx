import { useDocsMutation, useDocuments } from "@acme/convex-docs/react";
import type { EventRow as Event } from "@acme/convex-docs/webhooks";
import { useAction, useQuery } from "convex/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { SessionRefused, type Viewer } from "../session.js";
import {
  EmptyState,
  ListSkeleton,
  LoadMore,
  PageHeader,
} from "../ui/layout.js";
import { ErrorBoundary, useRefusal } from "../ui/refusals.js";
import { TimeAgo } from "../ui/time.js";
import { useToasts } from "../ui/toasts.js";

type WebhookInboxProps = { viewer: Exclude<Viewer, { status: "signedOut" }> };

/** The webhook events of the payment provider and their status. */
export function WebhookInbox({ viewer }: WebhookInboxProps) {
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
  const stats = useQuery(api.webhooks.stats, { source: "stripe" });
  const events = useDocuments(api.webhooks.list, {});
  if (events.status === "loading") return <ListSkeleton />;
  if (events.status === "error") throw events.cause;
  const rejected = stats?.lastRejected;
  return (
    <>
      {rejected && (
        <p className="list__note" role="status">
          Last refused: {rejected.code}, <TimeAgo time={rejected.lastAt} />
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

const STATUS_LABELS: Record<Event["status"], string> = {
  pending: "Pending",
  running: "Running",
  held: "Held",
  processed: "Processed",
  dead: "Dead",
  skipped: "Skipped",
  unhandled: "Unhandled",
};

/** Events that were not processed can be replayed while their body is stored. */
const REPLAYABLE: readonly Event["status"][] = ["dead", "unhandled", "skipped"];

/** One webhook event: type, status and last error. */
function EventRow({ event }: { event: Event }) {
  const replay = useDocsMutation(api.webhooks.replay);
  const refuse = useRefusal();
  const canReplay = REPLAYABLE.includes(event.status) && event.hasBody;
  const run = async () => {
    const outcome = await replay.mutate({ id: event.id });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <li className="row event">
      <div className="row__text">
        <span className="event__type">{event.type}</span>
        <p className="event__about">
          {event.key}
          {event.lastErrorCode !== undefined &&
            event.status !== "processed" &&
            ` · ${event.lastError ?? event.lastErrorCode}`}
        </p>
      </div>
      {canReplay && (
        <button
          className="button"
          aria-disabled={replay.isPending}
          aria-label={`Replay ${event.type} ${event.key}`}
          onClick={() => void run()}
        >
          Replay
        </button>
      )}
      <div className="row__facts">
        <span>
          {event.attempt} {event.attempt === 1 ? "attempt" : "attempts"}
        </span>
        <span className={`badge badge--${event.status}`}>
          {STATUS_LABELS[event.status]}
        </span>
        <TimeAgo time={event.receivedAt} />
      </div>
    </li>
  );
}

type Sent = { eventId: string; type: string; objectId: string };

/** Plays the payment provider: signed requests to this app's endpoint. */
function SendTestEvent() {
  const send = useAction(api.demo.sendWebhook);
  const startPayment = useDocsMutation(api.payments.start);
  const refuse = useRefusal();
  const show = useToasts();
  const [last, setLast] = useState<Sent | null>(null);

  const deliver = async (sent: Sent, tampered: boolean) => {
    try {
      const status = await send({ ...sent, tampered });
      const tone = status === 200 ? "done" : "refused";
      show({ tone, title: `The endpoint answered ${status}` });
    } catch {
      show({ tone: "refused", title: "The endpoint could not be reached" });
    }
  };
  const sendPayment = async () => {
    const sent = newEvent("payment.completed", "pay");
    const started = await startPayment.mutate({
      paymentId: sent.objectId,
      amount: 4200,
    });
    if (!started.ok) {
      refuse(started.error);
      return;
    }
    await deliver(sent, false);
    setLast(sent);
  };
  // The subscription does not exist: its handler fails for good.
  const sendLost = () =>
    deliver(newEvent("subscription.cancelled", "sub"), false);
  return (
    <div className="inbox__actions">
      <button className="button" onClick={() => void sendPayment()}>
        Send a payment
      </button>
      <button className="button" onClick={() => void sendLost()}>
        Send one that fails
      </button>
      {last && (
        <>
          <button className="button" onClick={() => void deliver(last, false)}>
            Send it again
          </button>
          <button className="button" onClick={() => void deliver(last, true)}>
            Tamper with it
          </button>
        </>
      )}
    </div>
  );
}

function newEvent(type: string, prefix: string): Sent {
  const id = crypto.randomUUID().slice(0, 8);
  return { eventId: `evt_${id}`, type, objectId: `${prefix}_${id}` };
}
