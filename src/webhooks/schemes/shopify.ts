/**
 * Shopify. Signed: the body alone, HMAC-SHA256 in base64. Topic and ids are headers and not signed.
 *
 * Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 *
 * @module
 */
import { preset, parseTime, type Preset } from "../source.js";
import { header, type Scheme } from "../verify.js";

export const shopifyScheme: Scheme = {
  name: "shopify",
  hash: "SHA-256",
  encoding: "base64",
  read({ headers, body }) {
    const found = header(headers, "x-shopify-hmac-sha256");
    return found ? { signatures: [found], signed: [body] } : "MISSING_HEADER";
  },
};

/**
 * Shopify. A type is the topic: `orders/create`.
 *
 * @example
 * ```ts
 * shop: shopify({ secrets: () => [process.env.SHOPIFY_API_SECRET] })
 * ```
 */
export const shopify: Preset = /* @__PURE__ */ preset({
  scheme: shopifyScheme,
  replayGuard: false,
  headers: [
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-api-version",
    "x-shopify-webhook-id",
    "x-shopify-event-id",
  ],
  describe: ({ headers }) => ({
    key: header(headers, "x-shopify-webhook-id") || undefined,
    type: header(headers, "x-shopify-topic"),
    occurredAt: parseTime(header(headers, "x-shopify-triggered-at")),
  }),
});
