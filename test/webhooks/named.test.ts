// @vitest-environment node
/**
 * Each provider that the documents name: a delivery as its documentation shows it, signed by Node's own crypto, from the request
 * to the stored event.
 */
import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { convexTest } from "convex-test";
import { componentsGeneric, defineSchema, httpRouter } from "convex/server";
import { describe, expect, test } from "vitest";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import { register } from "../../src/test.js";
import {
  custom,
  github,
  hmac,
  lemonSqueezy,
  paddle,
  shopify,
  slack,
  standardWebhooks,
  stripe,
  supabase,
  twilio,
  Webhooks,
  type CustomVerify,
  type Incoming,
  type Source,
} from "../../src/webhooks/index.js";

const { docs } = componentsGeneric() as unknown as { docs: ComponentApi };

/* What the providers do: written from their documentation, with nothing of ours. */

type Encoding = "hex" | "base64";
const mac = (
  key: string | Buffer,
  text: string,
  encoding: Encoding = "hex",
  hash = "sha256",
) => createHmac(hash, key).update(text).digest(encoding);
const seconds = () => String(Math.floor(Date.now() / 1000));
const base64Key = Buffer.alloc(24, 7);
const text = (payload: unknown) => JSON.stringify(payload);

type Sent = { headers: Record<string, string>; body: string };
type Signs = (body: string) => Sent["headers"];

const svix =
  (family: "svix" | "webhook", id: string, key: string | Buffer): Signs =>
  (body) => {
    const at = seconds();
    const signature = mac(key, `${id}.${at}.${body}`, "base64");
    return {
      [`${family}-id`]: id,
      [`${family}-timestamp`]: at,
      [`${family}-signature`]: `v1,${signature}`,
    };
  };

const timed =
  (
    header: string,
    spell: (at: string, signature: string) => string,
    by = ".",
  ): Signs =>
  (body) => {
    const at = seconds();
    return { [header]: spell(at, mac("hush", at + by + body)) };
  };

const slackSigns: Signs = (body) => {
  const at = seconds();
  return {
    "x-slack-request-timestamp": at,
    "x-slack-signature": `v0=${mac("hush", `v0:${at}:${body}`)}`,
  };
};

const ed25519 = generateKeyPairSync("ed25519");
const publicKey = ed25519.publicKey.export({ format: "der", type: "spki" });

/* What a host writes for those that have no preset. */

const read = ({ body }: { body: Uint8Array }) => new TextDecoder().decode(body);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const question =
  (name: string, answer: (value: string) => Response) => (request: Request) => {
    const asked = new URL(request.url).searchParams.get(name);
    return asked === null ? null : answer(asked);
  };
const typed =
  (...path: string[]) =>
  ({ payload }: Incoming) => {
    let at = payload;
    for (const name of path) at = (at as Record<string, unknown>)[name];
    return { type: String(at) };
  };

const byClientState: CustomVerify = async (delivery, { secrets }) => {
  const { value } = JSON.parse(read(delivery)) as {
    value: { clientState: string }[];
  };
  return value.every(({ clientState }) => secrets.includes(clientState))
    ? null
    : "SIGNATURE_MISMATCH";
};

/** Discord signs with Ed25519, for which WebCrypto needs no library. */
const byEd25519: CustomVerify = async (delivery, { secrets }) => {
  const signature = delivery.headers.get("x-signature-ed25519") ?? "";
  const at = delivery.headers.get("x-signature-timestamp") ?? "";
  const key = await crypto.subtle.importKey(
    "raw",
    bytes(String(secrets[0])),
    "Ed25519",
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(at + read(delivery));
  return (await crypto.subtle.verify("Ed25519", key, bytes(signature), signed))
    ? null
    : "SIGNATURE_MISMATCH";
};

/** Twitch signs the message's id and time as texts, then the body. */
const byTwitch: CustomVerify = async (delivery, { secrets }) => {
  const of = (name: string) =>
    delivery.headers.get(`twitch-eventsub-message-${name}`) ?? "";
  const signed = of("id") + of("timestamp") + read(delivery);
  return of("signature") === `sha256=${mac(String(secrets[0]), signed)}`
    ? null
    : "SIGNATURE_MISMATCH";
};

/** What the endpoint answers: its status, and the body and type if they matter. */
type Answer = { status: number; text?: string; type?: string };
type Provider = {
  source: Source;
  /** A delivery of an event. */
  body: string;
  signs: Signs;
  /** The query of the URL. */
  query?: string;
  stored: Record<string, unknown>;
  answer?: Answer;
  /** What it asks before it sends events, and what it wants to hear. */
  asks?: {
    query?: string;
    init?: RequestInit;
    signed?: string;
    answer: Answer;
  }[];
};

const secrets = () => ["hush"];
const standard = (secret: string) =>
  standardWebhooks({ secrets: () => [secret] }) as Source;

const PROVIDERS: Record<string, Provider> = {
  // https://docs.stripe.com/webhooks#verify-manually, https://docs.stripe.com/api/events/object
  Stripe: {
    source: stripe({ secrets }),
    body: text({
      id: "evt_1NG8Du2eZvKYlo2CUI79vXWy",
      object: "event",
      created: 1686089970,
      livemode: false,
      type: "setup_intent.created",
      data: { object: { id: "seti_1", object: "setup_intent" } },
    }),
    signs: timed("stripe-signature", (t, v1) => `t=${t},v1=${v1},v0=${v1}`),
    stored: {
      key: "evt_1NG8Du2eZvKYlo2CUI79vXWy",
      type: "setup_intent.created",
      occurredAt: 1686089970000,
    },
  },
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  GitHub: {
    source: github({ secrets }),
    body: text({ action: "opened", issue: { number: 1347 }, repository: {} }),
    signs: (body) => ({
      "x-github-event": "issues",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-hub-signature": `sha1=${mac("hush", body, "hex", "sha1")}`,
      "x-hub-signature-256": `sha256=${mac("hush", body)}`,
    }),
    stored: {
      key: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      type: "issues.opened",
    },
  },
  // https://clerk.com/docs/webhooks/overview
  Clerk: {
    source: standard(`whsec_${base64Key.toString("base64")}`),
    body: text({
      data: { id: "user_29w83sxmDNGwOuEthce5gg56FcC", object: "user" },
      object: "event",
      timestamp: 1654012591835,
      type: "user.created",
    }),
    signs: svix("svix", "msg_2", base64Key),
    stored: { key: "msg_2", type: "user.created", occurredAt: 1654012591835 },
  },
  // https://resend.com/docs/dashboard/webhooks/event-types
  Resend: {
    source: standard(`whsec_${base64Key.toString("base64")}`),
    body: text({
      type: "email.bounced",
      created_at: "2024-11-22T23:41:12.126Z",
      data: { email_id: "56761188-7520-42d8-8898-ff6fc54ce618" },
    }),
    signs: svix("svix", "msg_3", base64Key),
    stored: {
      key: "msg_3",
      type: "email.bounced",
      occurredAt: Date.parse("2024-11-22T23:41:12.126Z"),
    },
  },
  // https://polar.sh/docs/integrate/webhooks/delivery: the bytes of the whole secret are the key
  Polar: {
    source: standard("polar_whs_ovyN6cPrTv56AApvzCaJno08SSmGJmgb"),
    body: text({
      type: "order.paid",
      timestamp: "2026-01-02T03:04:05Z",
      data: {},
    }),
    signs: svix(
      "webhook",
      "msg_4",
      "polar_whs_ovyN6cPrTv56AApvzCaJno08SSmGJmgb",
    ),
    stored: {
      key: "msg_4",
      type: "order.paid",
      occurredAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    },
  },
  // https://platform.openai.com/docs/guides/webhooks
  OpenAI: {
    source: standard(`whsec_${base64Key.toString("base64")}`),
    body: text({
      id: "evt_685343a1381c819085d44c354e1b330e",
      object: "event",
      created_at: 1750287018,
      type: "response.completed",
      data: { id: "resp_abc123" },
    }),
    signs: svix("webhook", "wh_685342e6c53c8190a1be43f081506c52", base64Key),
    stored: {
      key: "wh_685342e6c53c8190a1be43f081506c52",
      type: "response.completed",
      occurredAt: 1750287018000,
    },
  },
  // https://supabase.com/docs/guides/auth/auth-hooks: the answer has to be JSON, and a retry has another id
  Supabase: {
    source: supabase({
      secrets: () => [`v1,whsec_${base64Key.toString("base64")}`],
    }),
    body: text({
      metadata: {
        uuid: "8b34dcdd-9df1-4c10-850a-b3277c653040",
        time: "2025-04-29T13:13:24.755552-07:00",
        name: "before-user-created",
      },
      user: { id: "ff7fc9ae-3b1b-4642-9241-64adb9848a03" },
    }),
    signs: (body) => {
      const sent = svix("webhook", crypto.randomUUID(), base64Key)(body);
      // Two secrets, in a rotation.
      const signature = `${sent["webhook-signature"]}, v1,b3RoZXI=`;
      return { ...sent, "webhook-signature": signature };
    },
    stored: {
      type: "before-user-created",
      occurredAt: Date.parse("2025-04-29T13:13:24.755552-07:00"),
    },
    answer: { status: 200, text: "{}", type: "application/json" },
  },
  // https://docs.slack.dev/authentication/verifying-requests-from-slack, https://docs.slack.dev/apis/events-api
  Slack: {
    source: slack({ secrets }),
    body: text({
      type: "event_callback",
      team_id: "T123ABC456",
      event_id: "Ev123ABC456",
      event_time: 1355517523,
      event: { type: "app_mention", user: "U123ABC456" },
    }),
    signs: slackSigns,
    stored: {
      key: "Ev123ABC456",
      type: "app_mention",
      occurredAt: 1355517523000,
    },
    asks: [
      {
        signed: text({
          token: "Jhj5dZrVaK7ZwHHjRyZWjbDl",
          challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
          type: "url_verification",
        }),
        answer: {
          status: 200,
          text: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
        },
      },
      {
        init: { method: "POST", body: "token=x&ssl_check=1" },
        answer: { status: 200, text: "" },
      },
    ],
  },
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  Shopify: {
    source: shopify({ secrets }),
    body: text({ id: 820982911946154500, email: "jon@example.com" }),
    signs: (body) => ({
      "x-shopify-topic": "orders/create",
      "x-shopify-hmac-sha256": mac("hush", body, "base64"),
      "x-shopify-shop-domain": "{shop}.myshopify.com",
      "x-shopify-api-version": "2026-01",
      "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      "x-shopify-triggered-at": "2023-03-29T18:00:27.877041743Z",
      "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
    }),
    stored: {
      key: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      type: "orders/create",
      occurredAt: Date.parse("2023-03-29T18:00:27.877Z"),
    },
  },
  // https://developer.paddle.com/webhooks/signature-verification
  Paddle: {
    source: paddle({ secrets }),
    body: text({
      event_id: "evt_01h8bzakzx3hm2fmen703n5q45",
      event_type: "transaction.completed",
      occurred_at: "2023-08-21T11:57:47.390028Z",
      notification_id: "ntf_01h8bzam1z32agrxjwhjgqk8w6",
      data: {},
    }),
    signs: timed("paddle-signature", (ts, h1) => `ts=${ts};h1=${h1}`, ":"),
    stored: {
      key: "evt_01h8bzakzx3hm2fmen703n5q45",
      type: "transaction.completed",
      occurredAt: Date.parse("2023-08-21T11:57:47.390Z"),
    },
  },
  // https://docs.lemonsqueezy.com/help/webhooks/webhook-requests
  "Lemon Squeezy": {
    source: lemonSqueezy({ secrets }),
    body: text({
      meta: { event_name: "order_created", custom_data: { user_id: "1" } },
      data: {
        type: "orders",
        id: "1",
        attributes: { updated_at: "2021-08-17T09:45:53.000000Z" },
      },
    }),
    signs: (body) => ({
      "x-event-name": "order_created",
      "x-signature": mac("hush", body),
    }),
    stored: {
      type: "order_created",
      occurredAt: Date.parse("2021-08-17T09:45:53Z"),
    },
  },
  // https://www.twilio.com/docs/usage/security#validating-requests
  Twilio: {
    source: twilio({
      secrets,
      publicUrl: "https://example.com/hooks/it",
    }),
    body: "To=%2B18005551212&CallSid=CA1234567890ABCDE&Digits=1234",
    signs: () => ({
      "content-type": "application/x-www-form-urlencoded",
      "i-twilio-idempotency-token": "b0a2ba4f-2b6e-4b0d-8a5b-3d1a2c1f5f0b",
      "x-twilio-signature": mac(
        "hush",
        "https://example.com/hooks/it?foo=1&bar=2CallSidCA1234567890ABCDEDigits1234To+18005551212",
        "base64",
        "sha1",
      ),
    }),
    query: "?foo=1&bar=2",
    stored: { key: "b0a2ba4f-2b6e-4b0d-8a5b-3d1a2c1f5f0b", type: "it" },
  },
  // https://developers.facebook.com/docs/graph-api/webhooks/getting-started
  Meta: {
    source: hmac({
      secrets,
      header: "x-hub-signature-256",
      prefix: "sha256=",
      describe: typed("object"),
      challenge: question("hub.challenge", (asked) => new Response(asked)),
    }),
    body: text({
      object: "page",
      entry: [{ time: 1520383571, changes: [{ field: "feed" }], id: "4" }],
    }),
    signs: (body) => ({ "x-hub-signature-256": `sha256=${mac("hush", body)}` }),
    stored: { type: "page" },
    asks: [
      {
        query:
          "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=x",
        answer: { status: 200, text: "1158201444" },
      },
    ],
  },
  // https://www.dropbox.com/developers/reference/webhooks
  Dropbox: {
    source: hmac({
      secrets,
      header: "x-dropbox-signature",
      describe: () => ({ type: "changed" }),
      challenge: question("challenge", (asked) => new Response(asked)),
    }),
    body: text({ list_folder: { accounts: ["dbid:AAH4f99T0taONIb"] } }),
    signs: (body) => ({ "x-dropbox-signature": mac("hush", body) }),
    stored: { type: "changed" },
    asks: [{ query: "?challenge=abc", answer: { status: 200, text: "abc" } }],
  },
  // https://docs.x.com/x-api/webhooks/quickstart
  X: {
    source: hmac({
      secrets,
      header: "x-twitter-webhooks-signature",
      prefix: "sha256=",
      encoding: "base64",
      describe: () => ({ type: "activity" }),
      challenge: question("crc_token", (token) =>
        Response.json({
          response_token: `sha256=${mac("hush", token, "base64")}`,
        }),
      ),
    }),
    body: text({ for_user_id: "2244994945", tweet_create_events: [] }),
    signs: (body) => ({
      "x-twitter-webhooks-signature": `sha256=${mac("hush", body, "base64")}`,
    }),
    stored: { type: "activity" },
    asks: [
      {
        query: "?crc_token=challenge_string",
        answer: {
          status: 200,
          text: text({
            response_token: `sha256=${mac("hush", "challenge_string", "base64")}`,
          }),
        },
      },
    ],
  },
  // https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
  "Microsoft Graph": {
    source: custom({
      secrets,
      verify: byClientState,
      describe: () => ({ type: "change" }),
      challenge: question(
        "validationToken",
        (token) =>
          new Response(token, { headers: { "Content-Type": "text/plain" } }),
      ),
    }),
    body: text({
      value: [
        {
          subscriptionId: "8c7d6f5e",
          clientState: "hush",
          changeType: "created",
        },
      ],
    }),
    signs: () => ({}),
    stored: { type: "change" },
    asks: [
      {
        query: "?validationToken=Validation%3A%20Testing%20client",
        init: { method: "POST" },
        answer: {
          status: 200,
          text: "Validation: Testing client",
          type: "text/plain",
        },
      },
    ],
  },
  // https://developers.zoom.us/docs/api/webhooks/
  Zoom: {
    source: hmac({
      secrets,
      header: "x-zm-signature",
      prefix: "v0=",
      timestampHeader: "x-zm-request-timestamp",
      lead: "v0:",
      separator: ":",
      describe: typed("event"),
      handshake: ({ payload }) => {
        const { event, payload: asked } = payload as {
          event: string;
          payload: { plainToken: string };
        };
        if (event !== "endpoint.url_validation") return null;
        const { plainToken } = asked;
        const encryptedToken = mac("hush", plainToken);
        return Response.json({ plainToken, encryptedToken });
      },
    }),
    body: text({
      event: "meeting.started",
      event_ts: 1626230691572,
      payload: { account_id: "AAAAAABBBB" },
    }),
    signs: (body) => {
      const at = seconds();
      return {
        "x-zm-request-timestamp": at,
        "x-zm-signature": `v0=${mac("hush", `v0:${at}:${body}`)}`,
      };
    },
    stored: { type: "meeting.started" },
    asks: [
      {
        signed: text({
          payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
          event_ts: 1654503849680,
          event: "endpoint.url_validation",
        }),
        answer: {
          status: 200,
          text: text({
            plainToken: "qgg8vlvZRS6UYooatFL8Aw",
            encryptedToken: mac("hush", "qgg8vlvZRS6UYooatFL8Aw"),
          }),
        },
      },
    ],
  },
  // https://docs.discord.com/developers/events/webhook-events: an answer to PING is 204 without a body
  Discord: {
    source: custom({
      secrets: () => [publicKey.subarray(-32).toString("hex")],
      verify: byEd25519,
      describe: typed("event", "type"),
      handshake: ({ payload }) =>
        (payload as { type: number }).type === 0
          ? new Response(null, { status: 204 })
          : null,
    }),
    body: text({
      version: 1,
      application_id: "1234560123453231555",
      type: 1,
      event: {
        type: "APPLICATION_AUTHORIZED",
        timestamp: "2024-10-18T14:42:53.064834",
      },
    }),
    signs: (body) => {
      const at = seconds();
      const signature = sign(null, Buffer.from(at + body), ed25519.privateKey);
      return {
        "x-signature-timestamp": at,
        "x-signature-ed25519": signature.toString("hex"),
      };
    },
    stored: { type: "APPLICATION_AUTHORIZED" },
    asks: [{ signed: text({ version: 1, type: 0 }), answer: { status: 204 } }],
  },
  // https://dev.twitch.tv/docs/eventsub/handling-webhook-events/
  Twitch: {
    source: custom({
      secrets,
      verify: byTwitch,
      describe: ({ headers, payload }) => ({
        key: headers.get("twitch-eventsub-message-id") ?? undefined,
        ...typed("subscription", "type")({ payload } as Incoming),
      }),
      handshake: ({ payload }) => {
        const { challenge } = payload as { challenge?: string };
        return challenge === undefined ? null : new Response(challenge);
      },
    }),
    body: text({
      subscription: { id: "f1c2a387", type: "channel.follow", version: "1" },
      event: { user_id: "1337" },
    }),
    signs: (body) => {
      const id = "befa7b53-d79d-478f-86b9-120f112b044e";
      const at = "2022-10-26T20:26:03.6Z";
      return {
        "twitch-eventsub-message-id": id,
        "twitch-eventsub-message-timestamp": at,
        "twitch-eventsub-message-signature": `sha256=${mac("hush", id + at + body)}`,
      };
    },
    stored: {
      key: "befa7b53-d79d-478f-86b9-120f112b044e",
      type: "channel.follow",
    },
    asks: [
      {
        signed: text({ challenge: "pogchamp-kappa-360noscope-vohiyo" }),
        answer: { status: 200, text: "pogchamp-kappa-360noscope-vohiyo" },
      },
    ],
  },
};

function deploy(source: Source) {
  const webhooks = new Webhooks(docs, { sources: { it: source }, log: false });
  const t = convexTest({
    schema: defineSchema({}),
    modules: {
      "./convex/_generated/api.js": async () => ({}),
      "./convex/http.ts": async () => {
        const http = httpRouter();
        webhooks.registerRoutes(http, { prefix: "/hooks" });
        return { default: http };
      },
    },
  });
  register(t);
  return {
    send: async (query = "", init: RequestInit = {}) => {
      const response = await t.fetch(`/hooks/it${query}`, init);
      return {
        status: response.status,
        text: await response.text(),
        type: response.headers.get("content-type"),
      };
    },
    events: async () => {
      const paginationOpts = { numItems: 10, cursor: null };
      const found = await t.query((ctx) =>
        webhooks.list(ctx, { paginationOpts }),
      );
      return found.page;
    },
  };
}

const post = ({ signs }: Provider, body: string): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...signs(body) },
  body,
});

describe.each(Object.entries(PROVIDERS))("%s", (_, provider) => {
  const { source, body, query, stored, asks = [] } = provider;
  const { answer = { status: 200, text: "" } } = provider;
  const hash = createHash("sha256").update(body).digest("hex");

  test("its delivery is one event, however often it is sent, and is answered as it wants", async () => {
    const { send, events } = deploy(source);
    for (let times = 0; times < 2; times++) {
      expect(await send(query, post(provider, body))).toMatchObject(answer);
    }
    expect(await events()).toMatchObject([
      { key: hash, status: "unhandled", ...stored },
    ]);
  });

  test("another body under the same signature is refused", async () => {
    const { send, events } = deploy(source);
    const { headers } = post(provider, body) as Sent;
    const changed = body.replace(body.includes("hush") ? "hush" : /\d/, "9");
    const forged = { method: "POST", headers, body: changed };
    expect((await send(query, forged)).status).toBe(401);
    expect(await events()).toEqual([]);
  });

  test.each(asks)("its question is answered, and no event", async (asked) => {
    const { send, events } = deploy(source);
    const init =
      asked.signed === undefined ? asked.init : post(provider, asked.signed);
    expect(await send(asked.query, init)).toMatchObject(asked.answer);
    expect(await events()).toEqual([]);
  });
});

/** Those that a reader may look for. A name that the documents have must be in the table above. */
const KNOWN =
  /\b(?:Adyen|Asana|Atlassian|Calendly|Clerk|Contentful|Discord|DocuSign|Dropbox|Facebook|Figma|GitHub|GitLab|Google|HubSpot|Intercom|Lemon Squeezy|Linear|Mailgun|Meta|Microsoft Graph|monday\.com|Monday|Notion|OpenAI|Paddle|PayPal|Polar|Postmark|Razorpay|Resend|Salesforce|SendGrid|Sentry|Shopify|Slack|Square|Stripe|Supabase|Telegram|Twilio|Twitch|Twitter|Typeform|Vercel|WorkOS|X(?=[,.])|Xero|Zendesk|Zoom)\b/g;

test("every provider that the documents name is here, and every one here is named", () => {
  const page = (path: string) =>
    readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  // Elsewhere the README names those who say who a caller is.
  const pages = [
    page("docs/webhooks.md"),
    ...page("README.md")
      .split(/\n(?=##)/)
      .filter((section) => section.includes('/webhooks"')),
  ];
  const named = new Set(pages.join("\n").match(KNOWN));
  expect([...named].sort()).toEqual(Object.keys(PROVIDERS).sort());
});
