/**
 * Webhooks as a payment provider sends them: signed, over HTTP, twice, tampered with, too early, of an unknown type.
 *
 * @module
 */
import { signTestRequest } from "@acme/convex-docs/webhooks";
import { api } from "../../example/convex/_generated/api.js";
import { DEMO_WEBHOOK_SECRET } from "../auth.js";
import { expect, watch, type Stage } from "./stage.js";

const { payments, subscriptions, webhooks } = api;
const latest = { paginationOpts: { numItems: 20, cursor: null } };

const event = (id: string, type: string, object: object) => ({
  id,
  type,
  created: Math.floor(Date.now() / 1000),
  data: { object },
});

export async function showWebhooks({
  deployment,
  ada,
  step,
}: Stage): Promise<void> {
  const events = watch(ada.live, webhooks.list, latest);
  const post = async (body: object, change = (text: string) => text) => {
    const request = await signTestRequest("stripe", DEMO_WEBHOOK_SECRET, body);
    const sent = { ...request, body: change(request.body) };
    return await fetch(`${deployment.siteUrl}/webhook/stripe`, sent);
  };
  const eventOf = async (key: string, status: string) => {
    const is = (one: { key: string; status: string }) =>
      one.key === key && one.status === status;
    const { page } = await events.until(({ page }) => page.some(is));
    return page.find(is);
  };
  const paymentOf = async (id: string) =>
    (await ada.http.query(payments.latest, {})).find(
      ({ paymentId }) => paymentId === id,
    );

  const paid = event("evt_1", "payment.completed", {
    id: "pay_1",
    amount: 4200,
    metadata: { prénom: "Ada", $ref: "fits in no Convex value" },
  });
  await step(
    "The provider says that a payment is completed",
    async () => {
      await ada.http.mutation(payments.start, {
        paymentId: "pay_1",
        amount: 4200,
      });
      const { status } = await post(paid);
      await eventOf("evt_1", "processed");
      return { status, payment: await paymentOf("pay_1") };
    },
    ({ status, payment }) => {
      expect(status === 200, "it was not taken in");
      expect(payment?.status === "completed", "the payment is not completed");
      return `${status}, and the payment is ${payment?.status}`;
    },
  );
  await step(
    "It sends the same event three more times, at once",
    async () => {
      const answers = await Promise.all([1, 2, 3].map(() => post(paid)));
      return {
        statuses: answers.map(({ status }) => status),
        payment: await paymentOf("pay_1"),
      };
    },
    ({ statuses, payment }) => {
      expect(payment?.timesCompleted === 1, "it was applied twice");
      return `${statuses.join(", ")}: duplicates, and still one effect`;
    },
  );
  await step(
    "The amount is changed in transit",
    async () => (await post(paid, (text) => text.replace("4200", "1"))).status,
    (status) => {
      expect(status === 401, "a forged delivery was taken in");
      return `${status}, nothing stored`;
    },
  );
  await step(
    "The event of another payment overtakes the payment: its handler fails twice, then succeeds",
    async () => {
      const early = event("evt_2", "payment.completed", {
        id: "pay_2",
        amount: 700,
      });
      await post(early);
      await events.until(({ page }) =>
        page.some(({ key, attempt }) => key === "evt_2" && attempt === 3),
      );
      await ada.http.mutation(payments.start, {
        paymentId: "pay_2",
        amount: 700,
      });
      const applied = await eventOf("evt_2", "processed");
      return { applied, payment: await paymentOf("pay_2") };
    },
    ({ applied, payment }) => {
      expect(applied?.attempt === 3, "it took another number of attempts");
      expect(payment?.timesCompleted === 1, "there is not exactly one effect");
      return `attempt ${applied?.attempt} applied it: one effect`;
    },
  );
  await step(
    "A subscription that we do not have is cancelled: no attempt can help",
    async () => {
      await post(event("evt_3", "subscription.cancelled", { id: "sub_1" }));
      return await eventOf("evt_3", "dead");
    },
    (dead) => {
      expect(dead?.attempt === 1, "it was tried again");
      return `dead after ${dead?.attempt} attempt: ${dead?.lastError}`;
    },
  );
  await step(
    "The subscription is found after all, and Ada replays the dead letter",
    async () => {
      await ada.http.mutation(subscriptions.start, { subscriptionId: "sub_1" });
      const dead = await eventOf("evt_3", "dead");
      await ada.http.mutation(webhooks.replay, { id: dead?.id ?? "" });
      await eventOf("evt_3", "processed");
      return await ada.http.query(subscriptions.latest, {});
    },
    ([subscription]) => {
      expect(subscription?.status === "cancelled", "it is not cancelled");
      return `the subscription is ${subscription?.status}`;
    },
  );
  await step(
    "The provider sends an unknown type",
    async () => {
      const { status } = await post(event("evt_4", "brand.new", {}));
      return { status, stored: await eventOf("evt_4", "unhandled") };
    },
    ({ status, stored }) => {
      expect(status === 200, "the sender was refused");
      return `${status}, stored as ${stored?.status}: it can be replayed once there is a handler`;
    },
  );
  await step(
    "What the operator sees",
    () => ada.http.query(webhooks.stats, { source: "stripe" }),
    ({ events: counts, lastRejected }) => {
      expect(counts.processed.count === 3, "not three events were applied");
      const told = Object.entries(counts)
        .filter(([, { count }]) => count > 0)
        .map(([status, { count }]) => `${count} ${status}`);
      return `${told.join(", ")}; last rejected: ${lastRejected?.code}`;
    },
  );
  events.close();
}
