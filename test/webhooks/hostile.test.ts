/** Senders that hold a secret, or a captured delivery, and mean no good. */
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signTestRequest } from "../../src/webhooks/index.js";
import { validatePayload } from "../../src/webhooks/payload.js";
import { post } from "../support/deliveries.js";
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
