/**
 * Stripe. Signed: `timestamp.body`, HMAC-SHA256 in hex. Header: `t=…,v1=…`, with one `v1` a secret; other versions are
 * ignored, for an attacker could downgrade to them.
 *
 * Source: https://docs.stripe.com/webhooks#verify-manually
 *
 * @module
 */
import { prepend } from "../bytes.js";
import { parseTime, preset, textAt, valueAt, type Preset } from "../source.js";
import { header, pairValues, type Scheme } from "../verify.js";

export const stripeScheme: Scheme = {
  hash: "SHA-256",
  encoding: "hex",
  read({ headers, body }) {
    const found = header(headers, "stripe-signature");
    if (!found) return "MISSING_HEADER";
    const timestamp = pairValues(found, ",", "t").at(-1);
    const signatures = pairValues(found, ",", "v1");
    if (!timestamp || signatures.length === 0) return "MALFORMED_HEADER";
    return { signatures, timestamp, signed: [prepend(`${timestamp}.`, body)] };
  },
};

/**
 * Stripe, snapshot events and thin events alike. An event of a connected account is told from the platform's.
 *
 * @example
 * ```ts
 * stripe: stripe<Stripe.Event>({ secrets: () => [env.STRIPE_WEBHOOK_SECRET] })
 * ```
 */
export const stripe: Preset = /* @__PURE__ */ preset({
  scheme: stripeScheme,
  timeSigned: true,
  headers: [],
  describe({ payload }) {
    const id = textAt(payload, "id");
    const account = textAt(payload, "account");
    return {
      key: id && account ? `${account}:${id}` : id,
      type: textAt(payload, "type") ?? "",
      occurredAt: parseTime(valueAt(payload, "created")),
    };
  },
});
