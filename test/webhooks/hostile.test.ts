/** Senders that hold a secret, or a captured delivery, and mean no good. */
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signTestRequest } from "../../src/webhooks/index.js";
import { validatePayload } from "../../src/webhooks/payload.js";
import { gh, post } from "../support/deliveries.js";
import {
  deploy,
  doNotRetry,
  freshHost,
  host,
  internal,
  SECRET,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

test("a captured delivery under the id of a dead event replays nothing; the event itself, sent again, does", async () => {
  const d = deploy((webhooks) => {
    webhooks.source("gh").onUnhandled(internal("any"));
  });
  const send = async (event: string, body: object) => {
    const scheme = { scheme: "github", event, id: "d1" } as const;
    await post(d, "gh", await signTestRequest(scheme, SECRET, body));
    await d.soon();
  };
  host.behave = doNotRetry;
  await send("push", { ref: 1 });
  expect(await d.events()).toMatchObject([{ status: "dead" }]);
  host.behave = () => undefined;
  await send("push", { ref: 2 });
  await send("release", { ref: 1 });
  expect(await d.events()).toMatchObject([{ status: "dead", type: "push" }]);
  expect(await d.effects()).toEqual([]);
  await send("push", { ref: 1 });
  expect(await d.events()).toMatchObject([{ status: "processed" }]);
  expect(await d.effects()).toMatchObject([{ note: `{"ref":1}` }]);
});

test("a sender that repeats a dead event whose id is signed may have changed the rest of it", async () => {
  const d = deploy((webhooks) => {
    webhooks.source("stripe").onUnhandled(internal("any"));
  });
  const send = async (pending: number) => {
    const body = { id: "evt_1", type: "a", pending_webhooks: pending };
    await post(d, "stripe", await signTestRequest("stripe", SECRET, body));
    await d.soon();
  };
  host.behave = doNotRetry;
  await send(2);
  host.behave = () => undefined;
  await send(1);
  expect(await d.events()).toMatchObject([{ status: "processed" }]);
});

test.each([
  ["an object", { $ref: 1 }, ""],
  ["null", null, ""],
  ["a number", 7, "7"],
  ["half a surrogate pair", "\ud83d", "\ufffd"],
  ["a long text", "x".repeat(9_000), `${"x".repeat(255)}…`],
])(
  "where a host's functions find %s, the event is stored",
  async (_what, found, type) => {
    const d = deploy(() => undefined);
    // Its `describe`, `orderBy` and `occurredAt` return what they find at `it`.
    const scheme = { scheme: "hmac", header: "x-sig" } as const;
    const request = await signTestRequest(scheme, SECRET, { it: found });
    expect(await post(d, "odd", request)).toBe(200);
    const [event] = await d.events();
    expect(event).toMatchObject({ type, status: "unhandled" });
    expect(event?.orderKey ?? "").toBe(type);
    expect(event?.key.length).toBeLessThanOrEqual(64);
  },
);

test("what is wrong with a body of many problems is said in a few words", async () => {
  const rows = Array.from({ length: 10 }, () => Array<number>(3_000).fill(1));
  const judged = await validatePayload(v.array(v.array(v.string())), rows);
  expect(judged).toHaveProperty("invalid");
  const { invalid } = judged as { invalid: string };
  expect(invalid.length).toBeLessThanOrEqual(500);
  expect(invalid).toContain("must be a string");
});

test("whatever is forged, nothing of it is stored, and each line of the log is one", async () => {
  const d = deploy();
  const inject = '"}\n{"webhook":"pay","outcome":"accepted"}';
  const now = () => `${Math.floor(Date.now() / 1000)}`;
  const genuine = await signTestRequest(
    { scheme: "standardWebhooks", id: "m1" },
    SECRET,
    { type: inject },
  );
  const hex = "a".repeat(64);
  const forgeries = (): Record<string, string>[] => [
    {},
    { ...genuine.headers, "webhook-signature": "v1,AAAA v1a,BBBB v2,CCCC" },
    { ...genuine.headers, "webhook-id": "__proto__" },
    {
      "stripe-signature": `t=${now()},v1=${hex},v0=${hex}`,
      "x-hub-signature-256": `sha256=${hex}`,
      "x-hub-signature": `sha1=${"0".repeat(40)}`,
      "x-github-event": "constructor",
      "x-shopify-hmac-sha256": "AAAA",
      "x-slack-signature": `v0=${hex}`,
      "x-slack-request-timestamp": now(),
      "x-twilio-signature": "AAAA",
      "x-sig": `sha256=${hex}`,
      "x-request-id": "evil",
      "webhook-id": "m2",
      "webhook-timestamp": now(),
      "webhook-signature": "v1,=====",
    },
  ];
  const paths = ["pay", "stripe", "gh", "shop", "slack", "sms", "crm"];
  for (let n = 0; n < 3; n += 1) {
    for (const path of paths) {
      for (const headers of forgeries()) {
        const type = n === 2 ? "x".repeat(30_000) : `${inject}${n}`;
        const body = JSON.stringify({ type, id: `e${n}` });
        const status = await post(d, path, { headers, body });
        expect([400, 401, 413]).toContain(status);
      }
    }
    vi.setSystemTime(Date.now() + 10);
  }
  expect(await post(d, "gone", { body: "{}" })).toBe(404);
  expect(await post(d, "busy", { body: "{}" })).toBe(429);
  await d.inComponent(async ({ db }) => {
    expect(await db.query("webhookEvents").take(1)).toEqual([]);
    expect(await db.query("webhookBodies").take(1)).toEqual([]);
    const rejections = await db.query("webhookRejections").take(100);
    // One row for each source and reason, however many deliveries.
    expect(rejections.length).toBeLessThanOrEqual(5 * paths.length);
  });
  expect(await post(d, "pay", genuine)).toBe(200);
  expect(host.lines.join("")).not.toContain("\n");
  expect(Math.max(...host.lines.map((line) => line.length))).toBeLessThan(500);
  expect(JSON.parse(host.lines.at(-1)!)).toMatchObject({
    outcome: "unhandled",
    type: inject,
  });
});

test("a captured body under the name of another event is applied as that: a schema, or the handler, looks at the payload", async () => {
  const d = deploy((webhooks) => {
    webhooks.source("gh").on("delete", internal("any"));
    webhooks.source("forms").on("issues.opened", internal("opened"));
  });
  const captured = await gh({ ref: "main" }, "d1");
  const renamed = { ...captured.headers, "x-github-event": "delete" };
  const id = { "x-github-delivery": "d2" };
  const replayed = { ...captured, headers: { ...renamed, ...id } };
  expect(await post(d, "gh", replayed)).toBe(200);
  const issues = { ...renamed, ...id, "x-github-event": "issues.opened" };
  expect(await post(d, "forms", { ...captured, headers: issues })).toBe(200);
  await d.late();
  expect(await d.events()).toMatchObject([
    { source: "gh", type: "delete", status: "processed" },
    {
      source: "forms",
      type: "issues.opened",
      status: "dead",
      lastErrorCode: "PAYLOAD_INVALID",
    },
  ]);
});

test.each(["gzip", "x-gzip", "GZIP, identity", "br", "deflate", "zstd"])(
  "a body that is compressed (%s) is answered 415, and the operator sees why",
  async (encoding) => {
    const d = deploy();
    const scheme = { scheme: "github", event: "push", id: "d1" } as const;
    const request = await signTestRequest(scheme, SECRET, { ref: "main" });
    const headers = { ...request.headers, "content-encoding": encoding };
    expect(await post(d, "gh", { ...request, headers })).toBe(415);
    const { lastRejected } = await d.t.query((ctx) =>
      d.webhooks.stats(ctx, { source: "gh" }),
    );
    expect(lastRejected).toMatchObject({ code: "COMPRESSED_BODY" });
    expect(await d.events()).toEqual([]);
  },
);

test.each(["identity", "utf-8", "none", ""])(
  "another content encoding (%s) says nothing of the bytes",
  async (encoding) => {
    const d = deploy();
    const scheme = { scheme: "github", event: "push", id: "d1" } as const;
    const request = await signTestRequest(scheme, SECRET, { ref: "main" });
    const headers = { ...request.headers, "content-encoding": encoding };
    expect(await post(d, "gh", { ...request, headers })).toBe(200);
  },
);
