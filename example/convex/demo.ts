/**
 * Functions of the demo page only. Leave them out of an app.
 *
 * @module
 */
import { docsError } from "@acme/convex-docs";
import { signTestRequest } from "@acme/convex-docs/webhooks";
import { v } from "convex/values";
import { action, env, mutation } from "./_generated/server.js";
import { docs } from "./documents.js";
import { countUse } from "./limits.js";
import { requireOperator } from "./operations.js";

/** Documents in one call. */
const COUNT = 100;

/** Creates 100 drafts to try things out on, at a limited rate. */
export const addSamples = mutation({
  args: {},
  returns: v.object({ added: v.number() }),
  handler: async (ctx) => {
    const user = await ctx.auth.getUserIdentity();
    if (user === null) throw docsError("UNAUTHORIZED");
    await countUse(ctx, "samples", user.tokenIdentifier);
    const items = Array.from({ length: COUNT }, (_, index) => ({
      title: `Sample ${index + 1}`,
      content: "A document to try things out on. Change it as you like.",
    }));
    const { succeeded } = await docs.batchCreate(ctx, { items });
    return { added: succeeded };
  },
});

/**
 * Plays the payment provider: signs an event and sends it over HTTP to this app's endpoint. An app that
 * exports this lets whoever may call it mark a payment as completed.
 */
export const sendWebhook = action({
  args: {
    eventId: v.string(),
    type: v.string(),
    objectId: v.string(),
    tampered: v.boolean(),
  },
  returns: v.number(),
  handler: async (ctx, { eventId, type, objectId, tampered }) => {
    await requireOperator(ctx);
    const object = { id: objectId, amount: 4200, metadata: { $ref: "kept" } };
    const event = { id: eventId, type, data: { object } };
    const secret = env.STRIPE_WEBHOOK_SECRET ?? "";
    const request = await signTestRequest("stripe", secret, event);
    if (tampered) request.body = request.body.replace("4200", "1");
    return (await fetch(`${env.CONVEX_SITE_URL}/webhook/stripe`, request))
      .status;
  },
});
