/**
 * Standard Webhooks, and Svix, whose headers have other names. Signed: `id.timestamp.body`, HMAC-SHA256 in base64 under a
 * base64 secret.
 *
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @module
 */
import { fromBase64, prepend } from "../bytes.js";
import { preset, textAt, parseTime, type Preset } from "../source.js";
import { header, type Scheme } from "../verify.js";

const FAMILIES = ["webhook", "svix"];

/** The three headers of one family; those of the other do not fill its gaps. */
function read(headers: Headers) {
  for (const family of FAMILIES) {
    const [id, timestamp, signature] = ["id", "timestamp", "signature"].map(
      (name) => header(headers, `${family}-${name}`),
    );
    if (id && timestamp && signature) return { id, timestamp, signature };
  }
  return null;
}

export const standardScheme: Scheme = {
  name: "standardWebhooks",
  hash: "SHA-256",
  encoding: "base64",
  keyOf: (secret) => fromBase64(secret.replace(/^whsec_/, "")),
  read({ headers, body }) {
    const found = read(headers);
    if (!found) return "MISSING_HEADER";
    const { id, timestamp, signature } = found;
    const signatures = signature
      .split(" ")
      .filter((one) => one.startsWith("v1,"))
      .map((one) => one.slice(3));
    return {
      signatures,
      timestamp,
      signed: [prepend(`${id}.${timestamp}.`, body)],
    };
  },
};

/**
 * Standard Webhooks: OpenAI, Polar, Supabase, and with Svix's headers Clerk, Resend and others.
 *
 * @example
 * ```ts
 * clerk: standardWebhooks({ secrets: () => [process.env.CLERK_WEBHOOK_SECRET] })
 * ```
 */
export const standardWebhooks: Preset = /* @__PURE__ */ preset({
  scheme: standardScheme,
  replayGuard: false,
  headers: ["webhook-id", "svix-id"],
  describe: ({ headers, payload }) => ({
    key: read(headers)?.id,
    type: textAt(payload, "type") ?? "",
    occurredAt: parseTime(textAt(payload, "timestamp")),
  }),
});
