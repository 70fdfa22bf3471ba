/**
 * Slack. Signed: `v0:timestamp:body`, HMAC-SHA256 in hex after `v0=`.
 *
 * Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
 *
 * @module
 */
import { prepend } from "../bytes.js";
import { parseTime, preset, textAt, valueAt, type Preset } from "../source.js";
import { header, type Scheme } from "../verify.js";

export const slackScheme: Scheme = {
  hash: "SHA-256",
  encoding: "hex",
  read({ headers, body }) {
    const timestamp = header(headers, "x-slack-request-timestamp");
    const found = header(headers, "x-slack-signature");
    if (!timestamp || !found) return "MISSING_HEADER";
    const hex = /^v0=([\da-f]+)$/.exec(found)?.[1];
    if (!hex) return "MALFORMED_HEADER";
    return {
      signatures: [hex],
      timestamp,
      signed: [prepend(`v0:${timestamp}:`, body)],
    };
  },
};

/** Slash commands and interactions are forms; an interaction's form has one field, which is JSON. */
function parse(body: string): unknown {
  if (body.startsWith("{")) return JSON.parse(body);
  const form = new URLSearchParams(body);
  const payload = form.get("payload");
  return payload === null ? Object.fromEntries(form) : JSON.parse(payload);
}

/**
 * Slack: events by their own type (`app_mention`), interactions by theirs (`block_actions`), slash commands by their name
 * (`/weather`). Answers the challenge that Slack sends to a new URL.
 *
 * @example
 * ```ts
 * slack: slack({ secrets: () => [env.SLACK_SIGNING_SECRET] })
 * ```
 */
export const slack: Preset = /* @__PURE__ */ preset({
  scheme: slackScheme,
  timeSigned: true,
  headers: ["x-slack-retry-num", "x-slack-retry-reason"],
  parse,
  describe: ({ headers, payload }) => ({
    key: textAt(payload, "event_id"),
    type:
      textAt(payload, "event", "type") ??
      textAt(payload, "command") ??
      textAt(payload, "type") ??
      "",
    // The header's time is that of a delivery: a retry has a later one.
    occurredAt: parseTime(
      valueAt(payload, "event_time") ??
        Number(header(headers, "x-slack-request-timestamp")),
    ),
  }),
  // Slack's check of the certificate. Source: https://docs.slack.dev/interactivity/implementing-slash-commands
  unsigned: (form) => (form.get("ssl_check") === "1" ? new Response() : null),
  handshake: ({ payload }) =>
    textAt(payload, "type") === "url_verification"
      ? new Response(textAt(payload, "challenge") ?? "", {
          headers: { "Content-Type": "text/plain" },
        })
      : null,
});
