import { componentsGeneric, defineSchema, httpRouter } from "convex/server";
import { convexTest } from "convex-test";
import { describe, expect, test } from "vitest";
import { register } from "../../src/test.js";
import {
  github,
  hmac,
  lemonSqueezy,
  paddle,
  signTestRequest,
  shopify,
  slack,
  standardWebhooks,
  Webhooks,
} from "../../src/webhooks/index.js";
import type { TestScheme } from "../../src/webhooks/testing.js";
import type { ComponentApi } from "../../src/component/_generated/component.js";

const SECRET = "provider_secret";
const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const secrets = () => [SECRET];
const { docs } = componentsGeneric() as unknown as { docs: ComponentApi };

const webhooks = new Webhooks(docs, {
  sources: {
    paddle: paddle({ secrets }),
    lemon: lemonSqueezy({ secrets }),
    slack: slack({ secrets }),
    standard: standardWebhooks({ secrets: () => [WHSEC] }),
    shop: shopify({ secrets }),
    gh: github({ secrets }),
    plain: hmac({ secrets, header: "x-sig" }),
    own: hmac({
      secrets,
      header: "x-sig",
      occurredAt: ({ payload }) => (payload as { at: number }).at,
    }),
    timed: hmac({
      secrets,
      header: "x-sig",
      timestampHeader: "x-time",
      separator: ":",
    }),
  },
  log: false,
});

const TIMED = {
  scheme: "hmac",
  header: "x-sig",
  timestampHeader: "x-time",
  separator: ":",
} as const;

function deploy() {
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
  return t;
}

async function send(
  source: string,
  scheme: TestScheme,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const t = deploy();
  const secret = source === "standard" ? WHSEC : SECRET;
  const request = await signTestRequest(scheme, secret, body);
  const response = await t.fetch(`/hooks/${source}`, {
    ...request,
    headers: { ...request.headers, ...headers },
  });
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await t.query((ctx) =>
    webhooks.list(ctx, { paginationOpts }),
  );
  return { status: response.status, text: await response.text(), page };
}

test("Paddle: the event's own id is the key, so two notifications of it are one event", async () => {
  const { page } = await send("paddle", "paddle", {
    event_id: "evt_1",
    notification_id: "ntf_1",
    event_type: "transaction.completed",
    occurred_at: "2026-01-02T03:04:05Z",
  });
  expect(page).toMatchObject([
    {
      key: "evt_1",
      type: "transaction.completed",
      occurredAt: Date.parse("2026-01-02T03:04:05Z"),
    },
  ]);
});

test("Lemon Squeezy: the type is the signed body's, whatever the header says", async () => {
  const { page } = await send(
    "lemon",
    "lemonSqueezy",
    {
      meta: { event_name: "order_created" },
      data: { attributes: { updated_at: "2026-01-02T03:04:05Z" } },
    },
    { "x-event-name": "order_refunded" },
  );
  expect(page).toMatchObject([
    {
      type: "order_created",
      occurredAt: Date.parse("2026-01-02T03:04:05Z"),
    },
  ]);
});

test.each([
  [
    "an event",
    JSON.stringify({ event_id: "Ev1", event: { type: "app_mention" } }),
    "app_mention",
  ],
  ["a slash command", "command=%2Fweather&text=94070", "/weather"],
  [
    "an interaction",
    new URLSearchParams({
      payload: JSON.stringify({ type: "block_actions" }),
    }).toString(),
    "block_actions",
  ],
])("Slack: %s goes by its own type", async (_, body, type) => {
  const { status, page } = await send("slack", "slack", body);
  expect(status).toBe(200);
  expect(page).toMatchObject([{ type }]);
});

test("Slack: the challenge of a new URL is answered, and nothing is stored", async () => {
  const { status, text, page } = await send("slack", "slack", {
    type: "url_verification",
    challenge: "c-123",
  });
  expect({ status, text, page }).toEqual({
    status: 200,
    text: "c-123",
    page: [],
  });
});

test("an HMAC over time and body: the time is part of what is signed", async () => {
  const good = await send("timed", TIMED, { type: "a" });
  expect(good).toMatchObject({ status: 200, page: [{}] });
  const later = { "x-time": String(Math.floor(Date.now() / 1000) + 1) };
  const moved = await send("timed", TIMED, { type: "a" }, later);
  expect(moved).toMatchObject({ status: 401, page: [] });
  const without = await send("timed", TIMED, { type: "a" }, { "x-time": "" });
  expect(without).toMatchObject({ status: 400, page: [] });
});

describe("when an event happened is what its provider says, not when it was delivered", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  const plain = { scheme: "hmac", header: "x-sig" } as const;
  const cases: [string, string, TestScheme, object, number][] = [
    ["Clerk, in ms", "standard", "svix", { timestamp: at }, at],
    [
      "Standard Webhooks, as text",
      "standard",
      "standardWebhooks",
      { timestamp: "2026-01-02T03:04:05Z" },
      at,
    ],
    [
      "Resend",
      "standard",
      "svix",
      { created_at: "2026-01-02T03:04:05.000Z" },
      at,
    ],
    [
      "OpenAI, in seconds",
      "standard",
      "standardWebhooks",
      { created_at: at / 1000 },
      at,
    ],
    ["Slack", "slack", "slack", { event_time: at / 1000 }, at],
    ["the host's own word", "own", plain, { at: 5 }, 5],
  ];
  test.each(cases)("%s", async (_, source, scheme, body, occurredAt) => {
    const { page } = await send(source, scheme, { type: "a", ...body });
    expect(page).toMatchObject([{ occurredAt }]);
  });
});

test("Shopify: headers without `X-` are read as well", async () => {
  const signed = await signTestRequest("shopify", SECRET, "{}");
  const signature = signed.headers["x-shopify-hmac-sha256"]!;
  const { status, page } = await send("shop", "shopify", "{}", {
    "x-shopify-hmac-sha256": "",
    "x-shopify-topic": "",
    "x-shopify-webhook-id": "",
    "shopify-hmac-sha256": signature,
    "shopify-topic": "orders/create",
    "shopify-webhook-id": "w1",
    "shopify-triggered-at": "2026-01-02T03:04:05Z",
  });
  expect(status).toBe(200);
  expect(page).toMatchObject([
    {
      key: "w1",
      type: "orders/create",
      occurredAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      headers: { "shopify-topic": "orders/create" },
    },
  ]);
});

test("an HMAC: a number is an id as well", async () => {
  const scheme = { scheme: "hmac", header: "x-sig" } as const;
  const { page } = await send("plain", scheme, { id: 42, type: "a" });
  expect(page).toMatchObject([{ key: "42" }]);
});

describe("a signed test request has the headers that its provider sends", () => {
  test.each([
    ["gh", { scheme: "github", event: "push", id: "d1" }, "push", "d1"],
    [
      "shop",
      { scheme: "shopify", topic: "orders/paid", id: "w1" },
      "orders/paid",
      "w1",
    ],
  ] as const)("%s", async (source, scheme, type, key) => {
    const { page } = await send(source, scheme, {});
    expect(page).toMatchObject([{ type, key }]);
  });
});
