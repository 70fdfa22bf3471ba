import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { httpRouter } from "convex/server";
import {
  custom,
  github,
  hmac,
  signTestRequest,
  slack,
  stripe,
  Webhooks,
} from "../../src/webhooks/index.js";
import { twilioScheme } from "../../src/webhooks/schemes/twilio.js";
import {
  components,
  deliver,
  deploy,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
} from "../support/webhooks.js";
import { check, post } from "../support/deliveries.js";

// The mistakes that receivers of webhooks make, one test each.

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

test("a replay inside the window and long after is a duplicate", async () => {
  const d = deploy();
  const request = await signTestRequest(
    { scheme: "standardWebhooks", id: "m1" },
    SECRET,
    paid("e"),
  );
  for (let n = 0; n < 3; n++) expect(await post(d, "pay", request)).toBe(200);
  vi.setSystemTime(Date.now() + 29 * 86_400_000);
  await d.tick();
  await deliver(d, paid("e"), "m1");
  await d.late();
  expect(await d.effects()).toHaveLength(1);
});

test("a duplicate is 200, or the sender never stops", async () => {
  const d = deploy();
  await deliver(d, paid("e"), "m1");
  expect((await deliver(d, paid("e"), "m1")).status).toBe(200);
});

test("the key belongs to its source: two senders may use one id, and a long one is hashed", async () => {
  const d = deploy(() => undefined);
  await post(
    d,
    "stripe",
    await signTestRequest("stripe", SECRET, { id: "same", type: "a" }),
  );
  await deliver(d, paid("e"), "same");
  const long = "k".repeat(600);
  await deliver(d, paid("e2"), long);
  const events = await d.events();
  expect(events).toHaveLength(3);
  expect(events[2]!.key).toMatch(/^[\da-f]{64}$/);
});

test("the row that recognises duplicates is the event: a crash between cannot lose it", async () => {
  let dies = true;
  const d = deploy(undefined, { dies: () => dies });
  await deliver(d, paid("e"), "m1");
  await d.soon();
  dies = false;
  expect((await deliver(d, paid("e"), "m1")).status).toBe(200);
  await d.late();
  expect(await d.effects()).toHaveLength(1);
});

test("an unknown type is 200 and stored", async () => {
  const d = deploy();
  expect((await deliver(d, { type: "brand.new" })).status).toBe(200);
  expect(await d.events()).toMatchObject([
    { type: "brand.new", status: "unhandled", hasBody: true },
  ]);
});

test("a handler's error does not reach the sender, who was answered before", async () => {
  const d = deploy();
  host.behave = () => {
    throw new Error("Broken.");
  };
  expect((await deliver(d, paid("e"))).status).toBe(200);
  await d.late();
  expect(await d.events()).toMatchObject([{ status: "dead" }]);
});

test("an attempt that died of what nothing can catch is found, and made again", async () => {
  let deaths = 1;
  const d = deploy(undefined, { dies: () => deaths-- > 0 });
  await deliver(d, paid("e"));
  await d.late();
  expect(await d.events()).toMatchObject([{ status: "processed", attempt: 2 }]);
});

test("a list is pages of at most 100, whatever is asked for", async () => {
  const d = deploy(() => undefined);
  await deliver(d, { type: "a" }, "m0");
  await d.inComponent(async (ctx) => {
    const [event] = await ctx.db.query("webhookEvents").take(1);
    const { _id, _creationTime, ...row } = event!;
    for (let n = 1; n < 150; n++)
      await ctx.db.insert("webhookEvents", { ...row, key: `k${n}` });
  });
  const page = await d.t.query((ctx) =>
    d.webhooks.list(ctx, {
      paginationOpts: { numItems: 10_000, cursor: null },
    }),
  );
  expect([page.page.length, page.isDone]).toEqual([100, false]);
  const { events } = await d.t.query((ctx) =>
    d.webhooks.stats(ctx, { source: "pay" }),
  );
  expect(events.unhandled).toEqual({ count: 100, more: true });
});

test("no signature is stored, none can be asked for, nothing of a body is logged", async () => {
  expect(
    () =>
      new Webhooks(components.docs, {
        sources: {
          a: github({
            secrets: () => [SECRET],
            headers: ["X-Hub-Signature-256"],
          }),
        },
      }),
  ).toThrow("is a secret");
  const d = deploy();
  await deliver(d, paid("e", { card: "4242" }));
  await d.late();
  expect(JSON.stringify(await d.events())).not.toMatch(/v1,|4242/);
  expect(host.lines.join()).not.toContain("4242");
});

test("names of Object's prototype are types like any other", async () => {
  const d = deploy();
  for (const type of [
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
  ]) {
    const body = `{"type":"${type}","__proto__":{"polluted":true}}`;
    expect(
      await post(
        d,
        "pay",
        await signTestRequest("standardWebhooks", SECRET, body),
      ),
    ).toBe(200);
  }
  expect((await d.events()).map(({ status }) => status)).toEqual(
    Array(4).fill("unhandled"),
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("Twilio: the URL it called is what is signed, and a JSON body is bound by its hash", async () => {
  const url = "https://public.example/sms";
  const request = await signTestRequest({ scheme: "twilio", url }, SECRET, {
    From: "+1",
    Body: "hi",
  });
  expect(await check(twilioScheme(), request)).toBe("SIGNATURE_MISMATCH");
  expect(await check(twilioScheme({ publicUrl: url }), request)).toBeNull();
  expect(
    await check(
      twilioScheme({ publicUrl: "https://public.example:443/sms" }),
      request,
    ),
  ).toBeNull();
  const other = { ...request, body: "From=%2B1&Body=bye" };
  expect(await check(twilioScheme({ publicUrl: url }), other)).toBe(
    "SIGNATURE_MISMATCH",
  );
});

test("handshakes: Slack's challenge is answered if signed, and nothing is recorded; a GET challenge has its hook", async () => {
  const d = deploy();
  const request = await signTestRequest("slack", SECRET, {
    type: "url_verification",
    challenge: "c-1",
  });
  const response = await d.t.fetch("/hooks/slack", request);
  expect([response.status, await response.text()]).toEqual([200, "c-1"]);
  expect(
    await post(d, "slack", {
      ...request,
      body: request.body.replace("c-1", "c-2"),
    }),
  ).toBe(401);
  expect(await d.events()).toEqual([]);
  const http = httpRouter();
  const webhooks = new Webhooks(components.docs, {
    sources: {
      meta: hmac({
        header: "x-hub-signature-256",
        secrets: () => [SECRET],
        challenge: () => new Response("ok"),
      }),
    },
  });
  webhooks.registerRoutes(http, { meta: "/meta" });
  expect(
    http
      .getRoutes()
      .map(([path, method]) => `${method} ${path}`)
      .sort(),
  ).toEqual(["GET /meta", "POST /meta"]);
});

test("the clock is that of the delivery, not of the deploy", async () => {
  const d = deploy();
  const early = await signTestRequest("standardWebhooks", SECRET, paid("e"));
  vi.setSystemTime(Date.now() + 301_000);
  expect(await post(d, "pay", early)).toBe(401);
});

test("secrets are read for each delivery: a rotation needs no deploy", async () => {
  const d = deploy();
  host.secrets = ["b3RoZXI="];
  expect((await deliver(d, paid("e"), "m1")).status).toBe(401);
  host.secrets = ["b3RoZXI=", SECRET];
  expect((await deliver(d, paid("e"), "m1")).status).toBe(200);
});

test("every option does what it says", async () => {
  const http = httpRouter();
  const sources = {
    a: stripe({ secrets: () => [SECRET] }),
    b: slack({ secrets: () => [SECRET] }),
  };
  const webhooks = new Webhooks(components.docs, { sources });
  webhooks.registerRoutes(http, { a: "/own/path" });
  webhooks.registerRoutes(http, { prefix: "/hooks/" });
  expect(
    http
      .getRoutes()
      .map(([path]) => path)
      .sort(),
  ).toEqual(["/hooks/a", "/hooks/b", "/hooks/b", "/own/path"]);
  expect(() => {
    webhooks.registerRoutes(http, { a: "/own/path" });
  }).toThrow();
  expect(() => webhooks.source("c" as "a")).toThrow('no source "c"');
  const named = { "café au lait": sources.a };
  new Webhooks(components.docs, { sources: named }).registerRoutes(http, {
    prefix: "/named",
  });
  expect(http.lookup("/named/caf%C3%A9%20au%20lait", "POST")).not.toBeNull();
  for (const path of ["/café", "/a b", "/a?b", "hooks"]) {
    expect(() => {
      webhooks.registerRoutes(http, { a: path });
    }).toThrow(`"${path}"`);
  }
  const wrong = [
    { maxBodyBytes: 0 },
    { maxBodyBytes: 900_001 },
    { retention: { bodyDays: 0 } },
    { retention: { deadDays: 0.5 } },
  ];
  for (const option of wrong)
    expect(() => new Webhooks(components.docs, { sources, ...option })).toThrow(
      "whole number",
    );
  expect(() =>
    webhooks.source("a").on("x", internal("any"), { maxAttempts: 41 }),
  ).toThrow("maxAttempts");
  expect(() =>
    webhooks
      .source("a")
      .onUnhandled(internal("any"))
      .onUnhandled(internal("any")),
  ).toThrow("already");
  const mine = custom({
    verify: async (_, { now, toleranceSeconds }) =>
      now && toleranceSeconds === 9 ? null : "SIGNATURE_MISMATCH",
    secrets: () => ["s"],
    toleranceSeconds: 9,
  });
  expect(mine.options.toleranceSeconds).toBe(9);
});

test("without an id the hash of the body is the key, and two identical events are one", async () => {
  const d = deploy(() => undefined);
  const form = { scheme: "hmac", header: "x-sig", prefix: "sha256=" } as const;
  for (const body of [{ type: "a" }, { type: "a" }, { type: "a", n: 2 }]) {
    await post(d, "crm", await signTestRequest(form, SECRET, body));
  }
  expect(await d.events()).toHaveLength(2);
});

test("Stripe's thin events are events", async () => {
  const d = deploy(() => undefined);
  const thin = {
    id: "evt_2",
    object: "v2.core.event",
    type: "v1.billing.meter.error",
    created: "2026-01-01T00:00:00.000Z",
  };
  expect(
    await post(d, "stripe", await signTestRequest("stripe", SECRET, thin)),
  ).toBe(200);
  expect(await d.events()).toMatchObject([
    {
      key: "evt_2",
      type: "v1.billing.meter.error",
      occurredAt: Date.UTC(2026, 0, 1),
    },
  ]);
});
