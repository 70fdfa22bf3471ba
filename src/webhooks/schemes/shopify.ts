/**
 * Shopify. Signed: the body alone, HMAC-SHA256 in base64. Topic and ids are headers and not signed.
 *
 * Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 *
 * @module
 */
import { preset, parseTime, type Preset } from "../source.js";
import { header, type Scheme } from "../verify.js";

/** Shopify's newer deliveries leave the `X-` out. Source: https://shopify.dev/docs/apps/build/events/verify-deliveries */
const named = (headers: Headers, name: string): string =>
  header(headers, `x-shopify-${name}`) || header(headers, `shopify-${name}`);

const STORED = [
  "topic",
  "shop-domain",
  "api-version",
  "webhook-id",
  "event-id",
];

export const shopifyScheme: Scheme = {
  hash: "SHA-256",
  encoding: "base64",
  read({ headers, body }) {
    const found = named(headers, "hmac-sha256");
    return found ? { signatures: [found], signed: [body] } : "MISSING_HEADER";
  },
};

/**
 * Shopify. A type is the topic: `orders/create`.
 *
 * @example
 * ```ts
 * shop: shopify({ secrets: () => [env.SHOPIFY_API_SECRET] })
 * ```
 */
export const shopify: Preset = /* @__PURE__ */ preset({
  scheme: shopifyScheme,
  idSigned: false,
  headers: STORED.flatMap((name) => [`x-shopify-${name}`, `shopify-${name}`]),
  describe: ({ headers }) => ({
    key: named(headers, "webhook-id") || undefined,
    type: named(headers, "topic"),
    occurredAt: parseTime(named(headers, "triggered-at")),
  }),
});
