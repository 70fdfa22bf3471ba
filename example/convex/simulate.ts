import { signTestRequest } from "@acme/convex-docs/webhooks";
import { v } from "convex/values";
import { action } from "./_generated/server.js";

declare const process: { env: Record<string, string | undefined> };

/**
 * Plays the payment provider: signs an event and sends it over HTTP to our own endpoint. For the demo only; an app that
 * exports this lets anybody send itself money.
 */
export const send = action({
  args: {
    eventId: v.string(),
    type: v.string(),
    objectId: v.string(),
    tampered: v.boolean(),
  },
  returns: v.number(),
  handler: async (_ctx, { eventId, type, objectId, tampered }) => {
    const object = { id: objectId, amount: 4200, metadata: { $ref: "kept" } };
    const event = { id: eventId, type, data: { object } };
    const secret = process.env["STRIPE_WEBHOOK_SECRET"] ?? "";
    const request = await signTestRequest("stripe", secret, event);
    if (tampered) request.body = request.body.replace("4200", "1");
    const site = process.env["CONVEX_SITE_URL"] ?? "";
    return (await fetch(`${site}/webhook/stripe`, request)).status;
  },
});
