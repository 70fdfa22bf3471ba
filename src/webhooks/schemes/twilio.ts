/**
 * Twilio. Signed: the URL that Twilio calls, then each form field's name and value in the order of their names, HMAC-SHA1 in
 * base64. A JSON body is bound by its hash in the URL (`bodySHA256`). No time is signed.
 *
 * Source: https://www.twilio.com/docs/usage/security#validating-requests
 *
 * @module
 */
import { sha256, utf8 } from "../bytes.js";
import { environment } from "../environment.js";
import { preset, type Preset } from "../source.js";
import { header, type Scheme } from "../verify.js";

export type TwilioOptions = {
  /**
   * The URL in Twilio's console, without the query: `https://api.example.com/webhooks/twilio`. Twilio signs the URL that it
   * calls, and a client may choose the host that a request names. Default: the deployment's own site URL
   * (`CONVEX_SITE_URL`) and the path of the request.
   */
  publicUrl?: string | undefined;
  /** The type of an event. Default: the name of the source. */
  type?: (params: unknown) => string;
};

/** Twilio's scheme for one URL. */
export function twilioScheme({ publicUrl }: TwilioOptions = {}): Scheme {
  return {
    hash: "SHA-1",
    encoding: "base64",
    async read({ headers, body, url }) {
      const found = header(headers, "x-twilio-signature");
      if (!found) return "MISSING_HEADER";
      const { pathname, search, searchParams } = new URL(url);
      const hash = searchParams.get("bodySHA256");
      let fields = "";
      if (hash === null) fields = twilioFields(new TextDecoder().decode(body));
      // The signature covers the URL alone. Without this check, a captured URL would accept any body. No secret is compared:
      // whoever sent the body knows its hash.
      else if (hash !== (await sha256(body))) return "SIGNATURE_MISMATCH";
      const site = environment("CONVEX_SITE_URL");
      const own = site ? site + pathname : url.replace(/\?.*/, "");
      const called = (publicUrl ?? own) + search;
      return {
        signatures: [found],
        signed: spellings(called).map((one) => utf8(one + fields)),
      };
    },
  };
}

/** The fields of a form as Twilio signs them, each once. Sorted: an unverified body must not cost more than its length. */
export function twilioFields(body: string): string {
  // "\0" sorts before every other character: by name, then by value.
  const fields = [...new URLSearchParams(body)].map((one) => one.join("\0"));
  return [...new Set(fields)]
    .sort()
    .map((one) => one.replace("\0", ""))
    .join("");
}

/** The URLs that Twilio may have signed: its products disagree about the port and about a `'`, which URLs spell `%27`. */
function spellings(url: string): string[] {
  const [, site = "", port, rest = ""] =
    /^(https?:\/\/[^/?#]*?)(?::(\d+))?([/?#].*)?$/.exec(url) ?? [];
  const usual = site.startsWith("https") ? 443 : 80;
  const both = [site + rest, `${site}:${port ?? usual}${rest}`];
  const plain = both.map((one) => one.replaceAll("%27", "'"));
  return [...new Set([...both, ...plain])];
}

/** A form never begins so: its names are encoded. */
const isJson = (body: string): boolean => /^[[{]/.test(body);

/**
 * Twilio. A delivery is known by its idempotency token, or without one by the hash of what is signed: the ids in its fields
 * name a call or a message, of which there are many events.
 *
 * @example
 * ```ts
 * sms: twilio({ secrets: () => [env.TWILIO_AUTH_TOKEN] })
 * ```
 */
export const twilio: Preset<TwilioOptions> =
  /* @__PURE__ */ preset<TwilioOptions>((options) => ({
    scheme: twilioScheme(options),
    idSigned: false,
    headers: ["i-twilio-idempotency-token"],
    parse: (body): unknown =>
      isJson(body)
        ? JSON.parse(body)
        : Object.fromEntries(new URLSearchParams(body)),
    // Fields in another order have the same signature.
    signedText: ({ text }) => (isJson(text) ? text : twilioFields(text)),
    describe: ({ source, headers, payload }) => ({
      key: header(headers, "i-twilio-idempotency-token"),
      type: options.type?.(payload) ?? source,
    }),
  }));
