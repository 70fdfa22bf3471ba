/**
 * GitHub. Signed: the body alone, HMAC-SHA256 in hex after `sha256=`. The delivery's id and the event's name are headers and
 * not signed.
 *
 * Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * @module
 */
import { preset, textAt, type Preset } from "../source.js";
import { header, mediaType, type Scheme } from "../verify.js";

export const githubScheme: Scheme = {
  hash: "SHA-256",
  encoding: "hex",
  read({ headers, body }) {
    const found = header(headers, "x-hub-signature-256");
    if (!found) return "MISSING_HEADER";
    const hex = /^sha256=([\da-fA-F]+)$/.exec(found)?.[1];
    if (!hex) return "MALFORMED_HEADER";
    return { signatures: [hex.toLowerCase()], signed: [body] };
  },
};

/**
 * GitHub. A type is the event's name and its action, if it has one: `push`, `issues.opened`.
 *
 * @example
 * ```ts
 * github: github({ secrets: () => [env.GITHUB_WEBHOOK_SECRET] })
 * ```
 */
export const github: Preset = /* @__PURE__ */ preset({
  scheme: githubScheme,
  idSigned: false,
  headers: ["x-github-delivery", "x-github-event", "x-github-hook-id"],
  parse: (body, headers): unknown =>
    JSON.parse(
      // GitHub's other content type: the JSON is the one field of a form.
      mediaType(headers) === "application/x-www-form-urlencoded"
        ? (new URLSearchParams(body).get("payload") ?? "")
        : body,
    ),
  describe({ headers, payload }) {
    const event = header(headers, "x-github-event");
    const action = textAt(payload, "action");
    return {
      key: header(headers, "x-github-delivery") || undefined,
      type: event && action ? `${event}.${action}` : event,
    };
  },
});
