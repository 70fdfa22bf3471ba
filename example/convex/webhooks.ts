import { stripe, Webhooks } from "@acme/convex-docs/webhooks";
import * as z from "zod";
import { components, internal } from "./_generated/api.js";
import { env } from "./_generated/server.js";
import { requireOperator } from "./operations.js";

/** The part of a provider's event that the handlers use. Other fields are dropped. */
const about = <Shape extends z.ZodRawShape>(object: Shape) =>
  z.object({ data: z.object({ object: z.object(object) }) });

export const webhooks = new Webhooks(components.docs, {
  sources: {
    stripe: stripe({
      // During a rotation, both secrets.
      secrets: () => [env.STRIPE_WEBHOOK_SECRET, env.STRIPE_WEBHOOK_SECRET_OLD],
      events: {
        "payment.completed": about({ id: z.string(), amount: z.int() }),
        "subscription.cancelled": about({ id: z.string() }),
      },
    }),
  },
});

webhooks
  .source("stripe")
  .on("payment.completed", internal.payments.markCompleted, {
    // The event may arrive before the payment is stored.
    firstRetryMs: 300,
  })
  .on("subscription.cancelled", internal.subscriptions.cancel);

/** What the operator's page calls. */
export const { list, stats, replay, pause, resume } = webhooks.operator({
  authorize: requireOperator,
});
