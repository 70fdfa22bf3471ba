import { expect, test } from "vitest";
import { githubScheme } from "../../src/webhooks/schemes/github.js";
import { hmacScheme } from "../../src/webhooks/schemes/hmac.js";
import { lemonSqueezyScheme } from "../../src/webhooks/schemes/lemonSqueezy.js";
import { paddleScheme } from "../../src/webhooks/schemes/paddle.js";
import { shopifyScheme } from "../../src/webhooks/schemes/shopify.js";
import { slackScheme } from "../../src/webhooks/schemes/slack.js";
import { standardScheme } from "../../src/webhooks/schemes/standard.js";
import { stripeScheme } from "../../src/webhooks/schemes/stripe.js";
import { twilioScheme } from "../../src/webhooks/schemes/twilio.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";
import vectors from "./vectors/webhooks.json" with { type: "json" };

type Vector = {
  scheme: string;
  id: string;
  note: string;
  secret: string;
  headers: Record<string, string>;
  body: string | null;
  bodyBase64?: string;
  url?: string;
  now: number | null;
  valid: boolean;
  reason?: string;
  options?: { header?: string };
};

/** The scheme of a vector, by the name that the collection gives it. */
function schemeOf({ scheme, options }: Vector): Scheme {
  const known: Record<string, Scheme> = {
    "standard-webhooks": standardScheme,
    svix: standardScheme,
    stripe: stripeScheme,
    github: githubScheme,
    slack: slackScheme,
    shopify: shopifyScheme,
    paddle: paddleScheme,
    "lemon-squeezy": lemonSqueezyScheme,
    lemonsqueezy: lemonSqueezyScheme,
    twilio: twilioScheme(),
  };
  const generic = /^hmac-sha(256|512)-(hex|base64)$/.exec(scheme);
  if (!generic) return known[scheme]!;
  return hmacScheme({
    header: options!.header!,
    algorithm: `SHA-${generic[1]}` as "SHA-256" | "SHA-512",
    encoding: generic[2] as "hex" | "base64",
  });
}

const bytes = ({ body, bodyBase64 }: Vector) =>
  body === null
    ? Uint8Array.from(atob(bodyBase64!), (char) => char.charCodeAt(0))
    : new TextEncoder().encode(body);

test.each(vectors as unknown as Vector[])(
  "$id: $scheme, $note",
  async (vector) => {
    const { headers, secret, now, url = "https://example.com/" } = vector;
    const delivery = {
      headers: new Headers(headers),
      body: bytes(vector),
      url,
    };
    const options = { secrets: [secret], now: (now ?? 0) * 1000 };
    const refusal = await verify(schemeOf(vector), delivery, options);
    expect(refusal).toBe(vector.valid ? null : vector.reason);
  },
);
