/**
 * Twilio. Signed: the URL that Twilio was given, then each form field's name and value in the order of their names,
 * HMAC-SHA1 in base64. A JSON body is bound by its hash in the URL (`bodySHA256`).
 *
 * Source: https://www.twilio.com/docs/usage/security#validating-requests
 *
 * @module
 */
import { sha256, timingSafeEqual, utf8 } from "../bytes.js";
import { preset, textAt, type Preset } from "../source.js";
import { header, type Scheme } from "../verify.js";

export type TwilioOptions = {
  /**
   * The URL in Twilio's console, without the query: `https://happy-animal-1.convex.site/webhooks/twilio`. Twilio signs the
   * URL that it calls, and a proxy may change scheme, host and port. Default: the URL of the request.
   */
  publicUrl?: string | undefined;
  /** The type of an event. Default: the name of the source. */
  type?: (params: unknown) => string;
};

/** The URLs that Twilio may have signed: its products disagree about the port. */
function spellings(url: string): string[] {
  const [, scheme = "", host = "", port, rest = ""] =
    /^(https?:\/\/)([^/?#]*?)(?::(\d+))?([/?#].*)?$/.exec(url) ?? [];
  const usual = scheme === "http://" ? "80" : "443";
  return [
    `${scheme}${host}${rest}`,
    `${scheme}${host}:${port ?? usual}${rest}`,
  ];
}

/** The fields of a form as Twilio signs them. */
export function twilioFields(body: string): string {
  const form = new URLSearchParams(body);
  return [...new Set(form.keys())]
    .sort()
    .flatMap((name) =>
      [...new Set(form.getAll(name))].sort().map((value) => name + value),
    )
    .join("");
}

/** Twilio's scheme for one URL. */
export function twilioScheme({ publicUrl }: TwilioOptions = {}): Scheme {
  return {
    name: "twilio",
    hash: "SHA-1",
    encoding: "base64",
    async read({ headers, body, url }) {
      const found = header(headers, "x-twilio-signature");
      if (!found) return "MISSING_HEADER";
      const { search } = new URL(url);
      const hash = new URLSearchParams(search).get("bodySHA256");
      // The signature covers the URL alone. Without this check, a captured URL would accept any body.
      if (hash !== null && !timingSafeEqual(hash, await sha256(body))) {
        return "SIGNATURE_MISMATCH";
      }
      const fields =
        hash === null ? twilioFields(new TextDecoder().decode(body)) : "";
      const called = publicUrl === undefined ? url : publicUrl + search;
      return {
        signatures: [found],
        signed: spellings(called).map((one) => utf8(one + fields)),
      };
    },
  };
}

/**
 * Twilio. One status of one message or call is one event.
 *
 * @example
 * ```ts
 * sms: twilio({
 *   publicUrl: "https://happy-animal-1.convex.site/webhooks/sms",
 *   secrets: () => [process.env.TWILIO_AUTH_TOKEN],
 * })
 * ```
 */
export const twilio: Preset<TwilioOptions> =
  /* @__PURE__ */ preset<TwilioOptions>((options) => ({
    scheme: twilioScheme(options),
    idSigned: true,
    headers: ["i-twilio-idempotency-token"],
    parse: (body): unknown =>
      body.startsWith("{")
        ? JSON.parse(body)
        : Object.fromEntries(new URLSearchParams(body)),
    describe({ source, payload }) {
      const id = first(payload, ["MessageSid", "SmsSid", "CallSid"]);
      const status = first(payload, [
        "MessageStatus",
        "SmsStatus",
        "CallStatus",
      ]);
      return {
        key: id && `${id}:${status ?? ""}`,
        type: options.type?.(payload) ?? source,
      };
    },
  }));

function first(payload: unknown, names: string[]): string | undefined {
  return names.map((name) => textAt(payload, name)).find(Boolean);
}
