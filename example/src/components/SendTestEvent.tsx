import { useDocsMutation } from "@acme/convex-docs/react";
import { useAction } from "convex/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { useRefusal } from "../hooks/useRefusal.js";
import { useToasts } from "../hooks/useToasts.js";

type Sent = { eventId: string; type: string; objectId: string };

/** Plays the payment provider: real signed requests to the app's own endpoint. */
export function SendTestEvent() {
  const send = useAction(api.simulate.send);
  const startPayment = useDocsMutation(api.payments.start);
  const refuse = useRefusal();
  const show = useToasts();
  const [last, setLast] = useState<Sent | null>(null);

  const deliver = async (sent: Sent, tampered: boolean) => {
    try {
      const status = await send({ ...sent, tampered });
      const tone = status === 200 ? "done" : "refused";
      show({ tone, title: `Answered ${status}` });
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
  // Nobody has the subscription: its handler gives up at once.
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
