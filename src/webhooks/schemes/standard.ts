/**
 * Standard Webhooks, and Svix, whose headers have other names. Signed: `id.timestamp.body`, HMAC-SHA256 in base64 under a
 * base64 secret.
 *
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @module
 */
import { fromBase64, prepend, utf8 } from "../bytes.js";
import { parseTime, preset, textAt, valueAt, type Preset } from "../source.js";
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

/**
 * A secret as providers show it: base64 after `whsec_`, which Supabase precedes with `v1,` and joins by `|` in a rotation. Polar
 * signs with the bytes of the whole text.
 */
function keysOf(secret: string) {
  const encoded = secret.replace(/^(v1,)?(whsec_|polar_whs_)?/, "");
  // A prefix alone is no secret: everybody knows it.
  if (!encoded) return [];
  return [fromBase64(encoded), utf8(secret)];
}

export const standardScheme: Scheme = {
  hash: "SHA-256",
  encoding: "base64",
  keysOf: (secrets) => secrets.split("|").flatMap(keysOf),
  read({ headers, body }) {
    const found = read(headers);
    if (!found) return "MISSING_HEADER";
    const { id, timestamp, signature } = found;
    // A proxy joins a repeated header with ", ".
    const signatures = signature
      .split(/,? /)
      .flatMap((one) => (one.startsWith("v1,") ? one.slice(3) : []));
    return {
      signatures,
      timestamp,
      signed: [prepend(`${id}.${timestamp}.`, body)],
    };
  },
};

/**
 * Standard Webhooks: OpenAI, Polar, and with Svix's headers Clerk, Resend and others.
 *
 * @example
 * ```ts
 * clerk: standardWebhooks({ secrets: () => [env.CLERK_WEBHOOK_SECRET] })
 * ```
 */
export const standardWebhooks: Preset = /* @__PURE__ */ preset({
  scheme: standardScheme,
  timeSigned: true,
  headers: ["webhook-id", "svix-id"],
  describe: ({ headers, payload }) => ({
    key: read(headers)?.id,
    type: textAt(payload, "type") ?? "",
    // Clerk and the specification say `timestamp`, Resend and OpenAI `created_at`.
    occurredAt: parseTime(
      valueAt(payload, "timestamp") ?? valueAt(payload, "created_at"),
    ),
  }),
});
