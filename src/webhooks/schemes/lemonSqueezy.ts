/**
 * Lemon Squeezy. Signed: the body alone, HMAC-SHA256 in hex. It gives events no id, so the body's hash is the key; the type
 * is taken from the body, because the header that repeats it is not signed.
 *
 * Source: https://docs.lemonsqueezy.com/help/webhooks/signing-requests
 *
 * @module
 */
import { preset, textAt, parseTime, type Preset } from "../source.js";
import { hmacScheme } from "./hmac.js";

export const lemonSqueezyScheme = /* @__PURE__ */ hmacScheme({
  header: "x-signature",
});

/**
 * Lemon Squeezy.
 *
 * @example
 * ```ts
 * shop: lemonSqueezy({ secrets: () => [env.LEMON_SQUEEZY_SECRET] })
 * ```
 */
export const lemonSqueezy: Preset = /* @__PURE__ */ preset({
  scheme: lemonSqueezyScheme,
  headers: [],
  describe: ({ payload }) => ({
    type: textAt(payload, "meta", "event_name") ?? "",
    occurredAt: parseTime(textAt(payload, "data", "attributes", "updated_at")),
  }),
});
