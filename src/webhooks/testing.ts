import { prepend, utf8, type Bytes } from "./bytes.js";
import { githubScheme } from "./schemes/github.js";
import { hmacScheme, type HmacOptions } from "./schemes/hmac.js";
import { lemonSqueezyScheme } from "./schemes/lemonSqueezy.js";
import { paddleScheme } from "./schemes/paddle.js";
import { shopifyScheme } from "./schemes/shopify.js";
import { slackScheme } from "./schemes/slack.js";
import { standardScheme } from "./schemes/standard.js";
import { stripeScheme } from "./schemes/stripe.js";
import { twilioFields, twilioScheme } from "./schemes/twilio.js";
import { importKey, keysOf, signatureOf, type Scheme } from "./verify.js";

/**
 * The scheme of a test request. `url` is where Twilio sends to, `id` the value of the id's header (default: a random one),
 * `event` and `topic` the type of a GitHub or Shopify event (default: `ping` and none).
 */
export type TestScheme =
  | "stripe"
  | "github"
  | "slack"
  | "shopify"
  | "paddle"
  | "lemonSqueezy"
  | { scheme: "github"; event: string; id?: string }
  | { scheme: "shopify"; topic: string; id?: string }
  | { scheme: "standardWebhooks" | "svix"; id?: string }
  | "standardWebhooks"
  | "svix"
  | { scheme: "twilio"; url: string }
  | ({ scheme: "hmac" } & HmacOptions);

/** A signed request, the second argument of `fetch` and of convex-test's `t.fetch`. */
export type SignedRequest = {
  method: "POST";
  headers: Record<string, string>;
  body: string;
};

type Recipe = {
  scheme: Scheme;
  content: Bytes;
  headers: (signature: string) => Record<string, string>;
};

/**
 * Signs a request as a provider does, for a host's own tests.
 *
 * @param scheme the preset's name, or an object with its options: `{ scheme: "github", event: "push" }`
 * @param body the body as text; any other value is sent as JSON, or as a form for Twilio
 * @param now the time of signing, in ms. Default: now
 * @throws Error when the scheme cannot use the secret
 * @example
 * ```ts
 * const request = await signTestRequest("stripe", "whsec_test", { id: "evt_1", type: "invoice.paid" });
 * const response = await t.fetch("/webhook/stripe", request);
 * await t.finishInProgressScheduledFunctions(); // runs the handler
 * ```
 */
export async function signTestRequest(
  scheme: TestScheme,
  secret: string,
  body: unknown,
  now: number = Date.now(),
): Promise<SignedRequest> {
  const isForm = typeof scheme === "object" && scheme.scheme === "twilio";
  const sent = typeof body === "string" ? body : encodeBody(body, isForm);
  const seconds = String(Math.floor(now / 1000));
  const recipe = recipeOf(scheme, sent, seconds);
  const [bytes] = keysOf(recipe.scheme, secret);
  if (!bytes) {
    throw new Error("convex-docs: the secret is not one of this scheme.");
  }
  const key = await importKey(recipe.scheme, bytes);
  const signature = await signatureOf(recipe.scheme, key, recipe.content);
  const type = isForm
    ? "application/x-www-form-urlencoded"
    : "application/json";
  const headers = { "content-type": type, ...recipe.headers(signature) };
  return { method: "POST", headers, body: sent };
}

function encodeBody(body: unknown, isForm: boolean): string {
  return isForm
    ? new URLSearchParams(body as Record<string, string>).toString()
    : JSON.stringify(body);
}

function recipeOf(scheme: TestScheme, sent: string, at: string): Recipe {
  const options = typeof scheme === "string" ? { scheme } : scheme;
  const body = utf8(sent);
  const simple = (of: Scheme, name: string, prefix = "") =>
    simpleRecipe(of, name, prefix, body);
  switch (options.scheme) {
    case "standardWebhooks":
    case "svix":
      return standardRecipe(
        options.scheme === "svix" ? "svix" : "webhook",
        idOf(options),
        body,
        at,
      );
    case "stripe":
      return {
        scheme: stripeScheme,
        content: prepend(`${at}.`, body),
        headers: (v1) => ({ "stripe-signature": `t=${at},v1=${v1}` }),
      };
    case "paddle":
      return {
        scheme: paddleScheme,
        content: prepend(`${at}:`, body),
        headers: (h1) => ({ "paddle-signature": `ts=${at};h1=${h1}` }),
      };
    case "slack":
      return {
        scheme: slackScheme,
        content: prepend(`v0:${at}:`, body),
        headers: (signature) => ({
          "x-slack-request-timestamp": at,
          "x-slack-signature": `v0=${signature}`,
        }),
      };
    case "github":
      return withHeaders(
        simple(githubScheme, "x-hub-signature-256", "sha256="),
        {
          "x-github-event": "event" in options ? options.event : "ping",
          "x-github-delivery": idOf(options),
        },
      );
    case "shopify":
      return withHeaders(simple(shopifyScheme, "x-shopify-hmac-sha256"), {
        "x-shopify-topic": "topic" in options ? options.topic : "",
        "x-shopify-webhook-id": idOf(options),
      });
    case "lemonSqueezy":
      return simple(lemonSqueezyScheme, "x-signature");
    case "twilio":
      return {
        scheme: twilioScheme(),
        content: utf8(options.url + twilioFields(sent)),
        headers: (signature) => ({ "x-twilio-signature": signature }),
      };
    case "hmac":
      return hmacRecipe(options, body, at);
  }
}

const idOf = (options: { id?: string } | object): string =>
  "id" in options ? options.id : crypto.randomUUID();

const withHeaders = (
  { headers, ...recipe }: Recipe,
  more: Record<string, string>,
): Recipe => ({
  ...recipe,
  headers: (signature) => ({ ...headers(signature), ...more }),
});

const simpleRecipe = (
  scheme: Scheme,
  name: string,
  prefix: string,
  content: Bytes,
): Recipe => ({
  scheme,
  content,
  headers: (signature) => ({ [name]: prefix + signature }),
});

function standardRecipe(
  family: "svix" | "webhook",
  id: string,
  body: Bytes,
  at: string,
): Recipe {
  return {
    scheme: standardScheme,
    content: prepend(`${id}.${at}.`, body),
    headers: (signature) => ({
      [`${family}-id`]: id,
      [`${family}-timestamp`]: at,
      [`${family}-signature`]: `v1,${signature}`,
    }),
  };
}

function hmacRecipe(options: HmacOptions, body: Bytes, at: string): Recipe {
  const { header, prefix = "", timestampHeader } = options;
  const { lead = "", separator = "." } = options;
  return {
    scheme: hmacScheme(options),
    content: timestampHeader ? prepend(lead + at + separator, body) : body,
    headers: (signature) => ({
      [header]: prefix + signature,
      ...(timestampHeader ? { [timestampHeader]: at } : {}),
    }),
  };
}
