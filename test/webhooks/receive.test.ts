import { sha256, utf8 } from "../../src/webhooks/bytes.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { signTestRequest } from "../../src/webhooks/index.js";
import { deploymentOf } from "../../dev/strict/index.js";
import {
  deliver,
  deploy,
  freshHost,
  host,
  paid,
  SECRET,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const inSource = async (d: ReturnType<typeof deploy>) =>
  (await d.events()).map(({ source, key, type, status }) => ({
    source,
    key,
    type,
    status,
  }));

describe("what is taken in", () => {
  test("an event is stored, answered 200 with an empty body, and applied once", async () => {
    const d = deploy();
    const response = await deliver(d, paid("evt_1"), "msg_1");
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(await d.effects()).toEqual([]);
    await d.soon();
    expect(await d.effects()).toMatchObject([
      { key: "msg_1", attempt: 1, note: "5" },
    ]);
    expect(await inSource(d)).toEqual([
      {
        source: "pay",
        key: "msg_1",
        type: "payment.completed",
        status: "processed",
      },
    ]);
  });

  test("a duplicate is 200, stored once and applied once", async () => {
    const d = deploy();
    await deliver(d, paid("evt_1"), "msg_1");
    await d.late();
    const again = await deliver(d, paid("evt_1"), "msg_1");
    await d.late();
    expect(again.status).toBe(200);
    expect(await d.events()).toHaveLength(1);
    expect(await d.effects()).toHaveLength(1);
  });

  test("the same bytes from two senders are two events", async () => {
    const d = deploy();
    const body = JSON.stringify({ action: "opened", id: 1 });
    for (const [source, scheme] of [
      ["gh", "github"],
      ["shop", "shopify"],
    ] as const) {
      const request = await signTestRequest(scheme, SECRET, body);
      await d.t.fetch(`/hooks/${source}`, {
        ...request,
        headers: {
          ...request.headers,
          "x-github-event": "issues",
          "x-github-delivery": "same",
          "x-shopify-topic": "issues",
          "x-shopify-event-id": "same",
        },
      });
    }
    const sources = (await inSource(d)).map(({ source }) => source);
    expect(sources.sort()).toEqual(["gh", "shop"]);
  });

  test("two deliveries at once are one event", async () => {
    const d = deploy();
    await Promise.all(
      [1, 2, 3, 4].map(() => deliver(d, paid("evt_1"), "msg_1")),
    );
    await d.late();
    expect(await d.effects()).toHaveLength(1);
  });

  test("an event that the filter leaves out is 200 and recorded as skipped", async () => {
    const d = deploy();
    const response = await deliver(d, { type: "noise" }, "msg_1");
    await d.late();
    expect(response.status).toBe(200);
    expect(await d.events()).toMatchObject([
      { status: "skipped", lastErrorCode: "FILTERED", attempt: 0 },
    ]);
  });

  test("only headers of the list are kept, and none that could sign", async () => {
    const d = deploy();
    const request = await signTestRequest(
      { scheme: "hmac", header: "x-sig", prefix: "sha256=" },
      SECRET,
      { id: "1", type: "a" },
    );
    Object.assign(request.headers, {
      "x-request-id": "r1",
      authorization: "Bearer x",
      cookie: "a=b",
      "x-other": "y",
    });
    await d.t.fetch("/hooks/crm", request);
    const [event] = await d.events();
    expect(event!.headers).toEqual({
      "content-type": "application/json",
      "x-request-id": "r1",
    });
  });
});

describe("what each status code means", () => {
  const statuses: [
    string,
    number,
    () => Promise<Partial<RequestInit> & { path?: string }>,
  ][] = [
    ["no signature header", 400, async () => ({ headers: {} })],
    [
      "a body that is not JSON",
      400,
      async () => signTestRequest("standardWebhooks", SECRET, "{"),
    ],
    [
      "an empty body",
      400,
      async () => signTestRequest("standardWebhooks", SECRET, ""),
    ],
    [
      "a wrong secret",
      401,
      async () => signTestRequest("standardWebhooks", "d3Jvbmc=", paid("1")),
    ],
    [
      "a timestamp of last week",
      401,
      async () =>
        signTestRequest(
          "standardWebhooks",
          SECRET,
          paid("1"),
          Date.now() - 604_800_000,
        ),
    ],
    [
      "a timestamp of next year",
      401,
      async () =>
        signTestRequest(
          "standardWebhooks",
          SECRET,
          paid("1"),
          Date.now() + 31_536_000_000,
        ),
    ],
    [
      "a body over the limit",
      413,
      async () =>
        signTestRequest("standardWebhooks", SECRET, "x".repeat(20_001)),
    ],
    ["a sender that is too fast", 429, async () => ({ path: "/hooks/busy" })],
    ["another method", 404, async () => ({ method: "PUT" })],
  ];
  test.each(statuses)("%s: %i", async (_, status, make) => {
    const d = deploy();
    const { path = "/hooks/pay", ...request } = await make();
    const response = await d.t.fetch(path, {
      method: "POST",
      body: "{}",
      ...request,
    });
    expect(response.status).toBe(status);
    expect(await d.events()).toEqual([]);
  });

  test("a sender that is too fast is told for how long, in whole seconds", async () => {
    const response = await deploy().t.fetch("/hooks/busy", {
      method: "POST",
      body: "{}",
    });
    expect(response.headers.get("Retry-After")).toBe("2");
  });

  test("what could not be stored is 503, so that the sender comes back, and the log alone has the stack", async () => {
    const d = deploy();
    host.missing.add("complete");
    d.redeploy((webhooks) => {
      vi.spyOn(webhooks.source("pay"), "routes").mockRejectedValue(
        new Error("secret payload"),
      );
    });
    const response = await deliver(d, paid("1"));
    expect([
      response.status,
      response.headers.get("Retry-After"),
      await response.text(),
    ]).toEqual([503, "30", "Try again later"]);
    expect(JSON.stringify([...response.headers])).not.toContain("secret");
    expect(deploymentOf(d.t).logs.at(-1)?.text).toMatch(
      /"pay\\?" not stored: "?Error: secret payload\\?n? *[^]*receive\.test/,
    );
  });

  test("400 and 401 say the same whatever was wrong", async () => {
    const d = deploy();
    const texts = new Set<string>();
    for (const secret of ["d3Jvbmc=", "d3Jvbmcy"]) {
      const request = await signTestRequest(
        "standardWebhooks",
        secret,
        paid("1"),
      );
      texts.add(await (await d.t.fetch("/hooks/pay", request)).text());
    }
    expect([...texts]).toEqual(["Not verified"]);
  });
});

describe("what is logged", () => {
  test("one line of JSON an event, without payload or secret", async () => {
    const d = deploy();
    await deliver(d, paid("evt_1", { card: "4242" }), "msg_1");
    await d.late();
    expect(host.lines).toHaveLength(1);
    const line = JSON.parse(host.lines[0]!) as object;
    expect(line).toMatchObject({
      webhook: "pay",
      outcome: "accepted",
      status: 200,
      type: "payment.completed",
    });
    expect(host.lines[0]).not.toMatch(/4242|whsec|MfKQ/);
  });
});

test("every preset takes in what its provider sends", async () => {
  const d = deploy(() => undefined);
  const form = "MessageSid=SM1&MessageStatus=delivered&To=%2B1";
  const sent = {
    stripe: await signTestRequest("stripe", SECRET, {
      id: "evt_1",
      type: "charge.ok",
      created: 5,
    }),
    gh: await signTestRequest("github", SECRET, { action: "opened" }),
    shop: await signTestRequest("shopify", SECRET, { id: 1 }),
    slack: await signTestRequest("slack", SECRET, {
      event_id: "Ev1",
      event: { type: "app_mention" },
    }),
    sms: await signTestRequest(
      { scheme: "twilio", url: "https://example.com/hooks/sms" },
      SECRET,
      form,
    ),
  };
  Object.assign(sent.gh.headers, {
    "x-github-delivery": "d1",
    "x-github-event": "issues",
  });
  Object.assign(sent.shop.headers, {
    "x-shopify-webhook-id": "w1",
    "x-shopify-topic": "orders/create",
  });
  for (const [source, request] of Object.entries(sent)) {
    expect([
      source,
      (await d.t.fetch(`/hooks/${source}`, request)).status,
    ]).toEqual([source, 200]);
  }
  const smsKey = await sha256(utf8("MessageSidSM1MessageStatusdeliveredTo+1"));
  expect(await inSource(d)).toEqual([
    { source: "stripe", key: "evt_1", type: "charge.ok", status: "unhandled" },
    { source: "gh", key: "d1", type: "issues.opened", status: "unhandled" },
    { source: "shop", key: "w1", type: "orders/create", status: "unhandled" },
    { source: "slack", key: "Ev1", type: "app_mention", status: "unhandled" },
    { source: "sms", key: smsKey, type: "sms", status: "unhandled" },
  ]);
});
