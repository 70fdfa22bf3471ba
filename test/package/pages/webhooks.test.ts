/**
 * The app that docs/webhooks.md builds up, at work: what becomes of a delivery, by each provider's preset.
 */
import {
  signTestRequest,
  type SignedRequest,
  type TestScheme,
} from "@acme/convex-docs/webhooks";
import { ConvexError } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import { readSnippets } from "../../consumer/snippets.js";
import { mutation, pageApp, query, refusal } from "../support/pageApp.js";
import { pass } from "../support/running.js";

const MINUTE = 60_000;
const PAGE = "docs/webhooks.md";
const STANDARD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** The module of a snippet that names no file. */
const moduleOf = (text: string) =>
  `line${readSnippets(PAGE).find(({ code }) => code.includes(text))!.line}`;
const PROVIDERS = moduleOf("clerk: standardWebhooks");
const QUESTIONS = moduleOf("graph: custom");

const page = await pageApp(PAGE);
/** The same with all providers that the page shows, and a handler of the reader's own that fails as it is told. */
const everyone = await pageApp(PAGE, {
  "convex/all.ts": `
    import { Webhooks } from "@acme/convex-docs/webhooks";
    import { components, internal } from "./_generated/api";
    import { sources } from "./${PROVIDERS}";
    import { sources as questions } from "./${QUESTIONS}";
    export const all = new Webhooks(components.docs, { sources: { ...sources, ...questions } });
    all.source("lemon").on("order_created", internal.failing.handle);
    export const { list, replay } = all.operator();`,
  "convex/failing.ts": `
    import { vAnyWebhookEvent } from "@acme/convex-docs/webhooks";
    import { internalMutation } from "./_generated/server";
    export const handle = internalMutation({
      args: { event: vAnyWebhookEvent() },
      handler: async (ctx, { event }) => {
        await ctx.db.insert("effects", { attempt: event.attempt });
        globalThis.attempted(event.attempt);
      },
    });`,
  "convex/http.ts": `
    import { httpRouter } from "convex/server";
    import { all } from "./all";
    const http = httpRouter();
    all.registerRoutes(http, { prefix: "/webhooks" });
    export default http;`,
});

beforeEach(() => {
  vi.stubEnv("STRIPE_WEBHOOK_SECRET", "whsec_test");
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  // What stands around the snippets that are cut out of a file.
  vi.stubGlobal("env", {
    STRIPE_WEBHOOK_SECRET: "whsec_test",
    CLERK_WEBHOOK_SECRET: STANDARD,
    SEND_EMAIL_HOOK_SECRET: `v1,${STANDARD}`,
    GITHUB_WEBHOOK_SECRET: "github",
    SLACK_SIGNING_SECRET: "slack",
    SHOPIFY_API_SECRET: "shopify",
    PADDLE_WEBHOOK_SECRET: "paddle",
    LEMON_SQUEEZY_SECRET: "lemon",
    TWILIO_AUTH_TOKEN: "twilio",
    CRM_SECRET: "crm",
    PARTNER_KEY: "partner",
  });
  vi.stubGlobal("secrets", () => ["asks"]);
  vi.stubGlobal("verify", () => Promise.resolve("SIGNATURE_MISMATCH"));
  vi.stubGlobal("encrypted", (text: string) => `of ${text}`);
  vi.stubGlobal(
    "isGenuine",
    ({ headers }: { headers: Headers }, [key]: string[]) =>
      Promise.resolve(headers.get("x-key") === key),
  );
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

type Event = { id: string; type: string; status: string };
type Started = ReturnType<typeof page.start>;

const eventsOf = async ({ t }: Started, module = "inbox") =>
  ((await t.query(query(`${module}:list`), {})) as { page: Event[] }).page;
const rows = ({ t }: Started, table: string) =>
  t.run((ctx) => ctx.db.query(table).collect());

const paid = (more: object = {}) => ({
  id: "evt_1",
  type: "payment_intent.succeeded",
  data: { object: { metadata: { orderId: "order_1" } } },
  ...more,
});
/** A delivery of Stripe's, as the page's route gets it. */
async function deliver(
  { t }: Started,
  body: unknown = paid(),
  change: (request: SignedRequest) => RequestInit = (request) => request,
  now = Date.now(),
) {
  const request = await signTestRequest("stripe", "whsec_test", body, now);
  return await t.fetch("/webhook/stripe", change(request));
}

test("a delivery is answered and applied once, however often it is sent: the page's own test says so", async () => {
  const app = page.start();
  vi.stubGlobal("t", app.t);
  const { response } = (await page.load(
    `convex/${moduleOf("signTestRequest(")}.ts`,
  )) as { response: Response };
  expect([response.status, await response.text()]).toEqual([200, ""]);
  expect(await rows(app, "paid")).toMatchObject([{ orderId: "order_1" }]);
  expect((await deliver(app)).status).toBe(200);
  await pass(app.t, 2_000);
  expect(await rows(app, "paid")).toHaveLength(1);
  expect(await eventsOf(app)).toMatchObject([{ status: "processed" }]);
});

describe("a sender is answered by the status of what became of its delivery, and is not told why", () => {
  const header = (name: string, value: string) => (request: SignedRequest) => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  });
  const cases: [
    status: number,
    what: string,
    send: (app: Started) => Promise<Response>,
    code?: string,
  ][] = [
    [
      200,
      "a type without a handler",
      (app) => deliver(app, paid({ type: "x" })),
    ],
    [
      400,
      "no signature",
      (app) => deliver(app, paid(), ({ body }) => ({ method: "POST", body })),
      "MISSING_HEADER",
    ],
    [400, "no JSON", (app) => deliver(app, "{"), "INVALID_BODY"],
    [
      401,
      "other bytes",
      (app) => deliver(app, paid(), (r) => ({ ...r, body: `${r.body} ` })),
      "SIGNATURE_MISMATCH",
    ],
    [
      401,
      "five minutes ago",
      (app) => deliver(app, paid(), undefined, Date.now() - 301_000),
      "TIMESTAMP_TOO_OLD",
    ],
    [
      401,
      "in five minutes",
      (app) => deliver(app, paid(), undefined, Date.now() + 302_000),
      "TIMESTAMP_TOO_NEW",
    ],
    [404, "another path", ({ t }) => t.fetch("/webhook/x", { method: "POST" })],
    [404, "another method", ({ t }) => t.fetch("/webhook/stripe", {})],
    [
      413,
      "too large",
      (app) => deliver(app, paid({ more: "x".repeat(900_000) })),
      "BODY_TOO_LARGE",
    ],
    [
      415,
      "compressed",
      (app) => deliver(app, paid(), header("content-encoding", "gzip")),
      "COMPRESSED_BODY",
    ],
    [
      503,
      "a deployment that cannot store it",
      (app) => {
        deploymentOf(app.t).conflict("docs:webhooks:receive", 5);
        return deliver(app);
      },
    ],
    [
      500,
      "no secret",
      (app) => {
        vi.stubEnv("STRIPE_WEBHOOK_SECRET", "");
        return deliver(app);
      },
      "SECRET_MISSING",
    ],
  ];
  test.each(cases)("%i: %s", async (status, _what, send, code) => {
    const app = page.start();
    const response = await send(app);
    expect(response.status).toBe(status);
    if (code === undefined) return;
    expect(await response.text()).not.toContain(code);
    expect(
      await app.t.query(query("inbox:stats"), { source: "stripe" }),
    ).toMatchObject({ lastRejected: { code } });
    expect(await eventsOf(app)).toEqual([]);
  });
});

test("a payload that its schema refuses is dead and names the field; one with more fields is applied", async () => {
  const app = page.start();
  await deliver(app, paid({ id: "evt_2", data: { object: { metadata: {} } } }));
  await deliver(app, paid({ more: "dropped" }));
  await pass(app.t, 2_000);
  expect(await eventsOf(app)).toMatchObject([
    { status: "processed" },
    {
      status: "dead",
      lastErrorCode: "PAYLOAD_INVALID",
      lastError: expect.stringMatching(/^Order id /) as string,
    },
  ]);
});

test("an event whose handler is not deployed waits without an attempt, and goes on with sync", async () => {
  const app = page.start();
  const deployment = deploymentOf(app.t);
  deployment.deploy({ remove: ["payments:markCompleted"] });
  expect((await deliver(app)).status).toBe(200);
  await pass(app.t, MINUTE);
  expect(await eventsOf(app)).toMatchObject([
    { status: "pending", lastErrorCode: "HANDLER_NOT_FOUND" },
  ]);
  deployment.redeploy();
  await app.t.mutation(mutation("inbox:sync"), {});
  await pass(app.t, MINUTE);
  expect(await eventsOf(app)).toMatchObject([{ status: "processed" }]);
  expect(await rows(app, "paid")).toHaveLength(1);
});

test("paused, deliveries are accepted and held; resumed, they are applied", async () => {
  const app = page.start();
  const operate = (name: string) =>
    app.t.mutation(mutation(`inbox:${name}`), { source: "stripe" });
  await operate("pause");
  expect((await deliver(app)).status).toBe(200);
  await pass(app.t, MINUTE);
  expect(await eventsOf(app)).toMatchObject([{ status: "held" }]);
  await operate("resume");
  await pass(app.t, MINUTE);
  expect(await eventsOf(app)).toMatchObject([{ status: "processed" }]);
});

test("the operator's methods replay what is unhandled and skip what is to be left", async () => {
  const app = page.start();
  await deliver(app, paid({ id: "evt_2", data: {} }));
  await deliver(app, paid({ id: "evt_3", type: "invoice.paid" }));
  await pass(app.t, 2_000);
  const [, { id }] = (await eventsOf(app)) as [Event, Event];
  const { operate } = (await page.load(
    `convex/${moduleOf("webhooks.replayMany(")}.ts`,
  )) as { operate: (...args: unknown[]) => Promise<void> };
  const paginationOpts = { cursor: null, numItems: 10 };
  await app.t.mutation((ctx) => operate(ctx, id, paginationOpts));
  const states = async () => (await eventsOf(app)).map(({ status }) => status);
  expect(await states()).toEqual(["pending", "skipped"]);
});

test("an operator's page is for whom `authorize` lets in, and the functions of the command line for no browser", async () => {
  const module = moduleOf("authorize: requireOperator");
  vi.stubGlobal(
    "requireOperator",
    async ({ auth }: { auth: { getUserIdentity(): Promise<unknown> } }) => {
      if ((await auth.getUserIdentity()) === null) throw new Error("Not you.");
    },
  );
  const app = page.start();
  const stats = query(`${module}:stats`);
  const of = { source: "stripe" };
  expect(String(await refusal(app.t.query(stats, of)))).toMatch(/Not you/);
  expect(await app.ada.query(stats, of)).toMatchObject(of);
  const exported = (file: string) =>
    page
      .load(`convex/${file}.ts`)
      .then((made) => Object.values(made) as { isInternal?: boolean }[]);
  expect((await exported("inbox")).every((made) => made.isInternal)).toBe(true);
  expect((await exported(module)).some((made) => made.isInternal)).toBe(false);
});

type Provider = [
  source: string,
  scheme: TestScheme,
  secret: string,
  body: unknown,
  type: string,
  answer?: string,
];
const SMS = "https://api.example.com/webhooks/sms";
const CRM: TestScheme = {
  scheme: "hmac",
  header: "x-signature",
  algorithm: "SHA-512",
  encoding: "base64",
};
const ZOOM: TestScheme = {
  scheme: "hmac",
  header: "x-zm-signature",
  prefix: "v0=",
  timestampHeader: "x-zm-request-timestamp",
  lead: "v0:",
  separator: ":",
};
const withId = { data: { id: "1" } };
const providers: Provider[] = [
  ["stripe", "stripe", "whsec_test", { id: "1", type: "a.b" }, "a.b"],
  [
    "clerk",
    "svix",
    STANDARD,
    { type: "user.deleted", ...withId },
    "user.deleted",
  ],
  ["sendEmail", "standardWebhooks", STANDARD, { user: {} }, "sendEmail", "{}"],
  [
    "github",
    { scheme: "github", event: "issues" },
    "github",
    { action: "opened", issue: { number: 1 } },
    "issues.opened",
  ],
  [
    "slack",
    "slack",
    "slack",
    { type: "event_callback", event_id: "1", event: { type: "app_mention" } },
    "app_mention",
  ],
  [
    "shop",
    { scheme: "shopify", topic: "orders/create" },
    "shopify",
    { id: 1 },
    "orders/create",
  ],
  [
    "paddle",
    "paddle",
    "paddle",
    { event_id: "1", event_type: "transaction.completed", ...withId },
    "transaction.completed",
  ],
  [
    "lemon",
    "lemonSqueezy",
    "lemon",
    { meta: { event_name: "order_paid" } },
    "order_paid",
  ],
  ["sms", { scheme: "twilio", url: SMS }, "twilio", { Body: "Hi" }, "sms"],
  ["crm", CRM, "crm", { id: "1", type: "lead" }, "lead"],
];

describe("each provider's preset takes what the provider signs, by its type, and refuses other bytes", () => {
  test.each(providers)(
    "%s",
    async (source, scheme, secret, body, type, answer = "") => {
      const app = everyone.start();
      const request = await signTestRequest(scheme, secret, body);
      const path = `/webhooks/${source}`;
      const forged = { ...request, body: request.body.replace(/\w/, "Z") };
      expect((await app.t.fetch(path, forged)).status).toBeOneOf([400, 401]);
      const response = await app.t.fetch(path, request);
      expect([response.status, await response.text()]).toEqual([200, answer]);
      expect(await eventsOf(app, "all")).toMatchObject([
        { source, type, status: "unhandled" },
      ]);
    },
  );

  test("any other scheme, by the reason that `verify` returns", async () => {
    const app = everyone.start();
    const send = (key: string) =>
      app.t.fetch("/webhooks/partner", {
        method: "POST",
        headers: { "x-key": key },
        body: JSON.stringify({ id: "1", type: "a" }),
      });
    expect((await send("guessed")).status).toBe(401);
    expect((await send("partner")).status).toBe(200);
    expect(await eventsOf(app, "all")).toMatchObject([{ type: "a" }]);
  });
});

test("a provider's question is answered and not stored", async () => {
  const app = everyone.start();
  const ask = async (path: string, init?: RequestInit) => {
    const response = await app.t.fetch(`/webhooks/${path}`, init);
    return [response.status, await response.text()];
  };
  expect(await ask("graph?validationToken=a%20b")).toEqual([200, "a b"]);
  expect((await ask("graph"))[0]).toBe(404);
  expect((await ask("graph", { method: "POST", body: "{}" }))[0]).toBe(401);
  const question = {
    event: "endpoint.url_validation",
    payload: { plainToken: "p" },
  };
  expect(
    await ask("zoom", await signTestRequest(ZOOM, "asks", question)),
  ).toEqual([200, '{"plainToken":"p","encryptedToken":"of p"}']);
  const challenge = { type: "url_verification", challenge: "c" };
  expect(
    await ask("slack", await signTestRequest("slack", "slack", challenge)),
  ).toEqual([200, "c"]);
  expect(await eventsOf(app, "all")).toEqual([]);
});

describe("a handler that throws", () => {
  const minutes = (count: number) => count * MINUTE;
  const send = async (app: Started) => {
    const body = { meta: { event_name: "order_created" } };
    const request = await signTestRequest("lemonSqueezy", "lemon", body);
    expect((await app.t.fetch("/webhooks/lemon", request)).status).toBe(200);
  };
  const goBy = async ({ t }: Started, ms: number) => {
    vi.advanceTimersByTime(ms);
    await pass(t, 500);
  };
  const succeeds = () => vi.stubGlobal("attempted", () => undefined);

  test("has eight attempts, ever further apart, and nothing of them but the failure stays; sent again, it is applied", async () => {
    const attempts: number[] = [];
    vi.stubGlobal("attempted", (attempt: number) => {
      attempts.push(attempt);
      throw new Error("Down.");
    });
    // No wait is shortened or lengthened.
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const app = everyone.start();
    await send(app);
    await goBy(app, 0);
    const waits = [5_000, 25_000, ...[2, 10, 52, 258, 360].map(minutes)];
    for (const [before, wait] of waits.entries()) {
      await goBy(app, 0.75 * wait);
      expect(attempts).toHaveLength(before + 1);
      await goBy(app, 0.5 * wait);
      expect(attempts).toHaveLength(before + 2);
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await eventsOf(app, "all")).toMatchObject([
      {
        status: "dead",
        lastErrorCode: "HANDLER_FAILED",
        lastError: expect.stringContaining("Down.") as string,
      },
    ]);
    expect(await rows(app, "effects")).toEqual([]);
    succeeds();
    await send(app);
    await goBy(app, 1_000);
    expect(await eventsOf(app, "all")).toMatchObject([{ status: "processed" }]);
    expect(await rows(app, "effects")).toHaveLength(1);
  });

  test("DO_NOT_RETRY has one attempt, and may be replayed", async () => {
    vi.stubGlobal("attempted", () => {
      throw new ConvexError({ code: "DO_NOT_RETRY", message: "No." });
    });
    const app = everyone.start();
    await send(app);
    await goBy(app, 1_000);
    const [event] = await eventsOf(app, "all");
    expect(event).toMatchObject({ status: "dead", attempt: 1 });
    succeeds();
    await app.t.mutation(mutation("all:replay"), { id: event!.id });
    await goBy(app, 1_000);
    expect(await eventsOf(app, "all")).toMatchObject([{ status: "processed" }]);
  });
});
