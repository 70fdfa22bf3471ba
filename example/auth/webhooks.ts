/**
 * The secret of the DEMO's webhooks: published in this repository, so anybody can sign as the payment provider. A real one
 * comes from the provider's console and is set with `npx convex env set STRIPE_WEBHOOK_SECRET`.
 */
export const DEMO_WEBHOOK_SECRET = "whsec_demo_only_0123456789abcdef";
