/**
 * Paddle Billing. Signed: `timestamp:body`, HMAC-SHA256 in hex. Header: `ts=…;h1=…`, with one `h1` a secret while a secret
 * is being rotated.
 *
 * Source: https://developer.paddle.com/webhooks/signature-verification
 *
 * @module
 */
import { prepend } from "../bytes.js";
import { preset, textAt, parseTime, type Preset } from "../source.js";
import { header, pairValues, type Scheme } from "../verify.js";

export const paddleScheme: Scheme = {
  hash: "SHA-256",
  encoding: "hex",
  read({ headers, body }) {
    const found = header(headers, "paddle-signature");
    if (!found) return "MISSING_HEADER";
    const timestamp = pairValues(found, ";", "ts").at(-1);
    const signatures = pairValues(found, ";", "h1");
    if (!timestamp || signatures.length === 0) return "MALFORMED_HEADER";
    return { signatures, timestamp, signed: [prepend(`${timestamp}:`, body)] };
  },
};

/**
 * Paddle Billing. The key is the event's id, not the notification's, which differs from delivery to delivery.
 *
 * @example
 * ```ts
 * paddle: paddle({ secrets: () => [env.PADDLE_WEBHOOK_SECRET] })
 * ```
 */
export const paddle: Preset = /* @__PURE__ */ preset({
  scheme: paddleScheme,
  timeSigned: true,
  headers: [],
  describe: ({ payload }) => ({
    key: textAt(payload, "event_id"),
    type: textAt(payload, "event_type") ?? "",
    occurredAt: parseTime(textAt(payload, "occurred_at")),
  }),
});
