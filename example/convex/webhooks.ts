import { stripe, Webhooks } from "@acme/convex-docs/webhooks";
import { z } from "zod";
import { components, internal } from "./_generated/api.js";

declare const process: { env: Record<string, string | undefined> };

/** An event as the payment provider sends it, as far as we care: what else it carries is dropped. */
const about = <Shape extends z.ZodRawShape>(object: Shape) =>
  z.object({ data: z.object({ object: z.object(object) }) });

export const webhooks = new Webhooks(components.docs, {
  sources: {
    stripe: stripe({
      // The old secret as well, while a rotation is under way.
      secrets: () => [
        process.env["STRIPE_WEBHOOK_SECRET"],
        process.env["STRIPE_WEBHOOK_SECRET_OLD"],
      ],
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
    // The provider is fast: its event may come before our own payment is stored.
    firstRetryMs: 300,
  })
  .on("subscription.cancelled", internal.subscriptions.cancel);
