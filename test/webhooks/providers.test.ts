import { componentsGeneric, defineSchema, httpRouter } from "convex/server";
import { convexTest } from "convex-test";
import { expect, test } from "vitest";
import { register } from "../../src/test.js";
import {
  hmac,
  lemonSqueezy,
  paddle,
  signTestRequest,
  slack,
  Webhooks,
} from "../../src/webhooks/index.js";
import type { TestScheme } from "../../src/webhooks/testing.js";
import type { ComponentApi } from "../../src/component/_generated/component.js";

const SECRET = "provider_secret";
const secrets = () => [SECRET];
const { docs } = componentsGeneric() as unknown as { docs: ComponentApi };

const webhooks = new Webhooks(docs, {
  sources: {
    paddle: paddle({ secrets }),
    lemon: lemonSqueezy({ secrets }),
    slack: slack({ secrets }),
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
  const request = await signTestRequest(scheme, SECRET, body);
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
