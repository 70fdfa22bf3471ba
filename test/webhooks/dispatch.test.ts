import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { docsError } from "../../src/client/index.js";
import {
  signTestRequest,
  type WebhookEvent,
} from "../../src/webhooks/index.js";
import {
  deliver,
  deploy,
  doNotRetry,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
  standardHandlers,
  type HostWebhooks,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const failTimes = (times: number) => {
  let left = times;
  host.behave = () => {
    if (left-- > 0) throw new Error("Not today.");
  };
};

test("a handler that fails twice leaves nothing behind, and its third attempt one effect", async () => {
  const d = deploy();
  failTimes(2);
  await deliver(d, paid("evt_1"), "msg_1");
  await d.soon();
  expect(await d.effects()).toEqual([]);
  expect(await d.events()).toMatchObject([
    {
      status: "pending",
      attempt: 2,
      lastErrorCode: "HANDLER_FAILED",
      lastError: "Not today.",
    },
  ]);
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 3 }]);
  expect(await d.events()).toMatchObject([{ status: "processed", attempt: 3 }]);
});

test("after its last attempt an event is dead, with the reason, and says so in the log", async () => {
  const d = deploy();
  failTimes(100);
  const startedAt = Date.now();
  await deliver(d, paid("evt_1"), "msg_1");
  await d.late();
  const [event] = await d.events();
  expect(event).toMatchObject({
    status: "dead",
    attempt: 8,
    lastErrorCode: "HANDLER_FAILED",
  });
  // 5 s · 5ⁿ up to 6 h, within a fifth: between 9 and 14 hours.
  const hours = (event!.at - startedAt) / 3_600_000;
  expect(hours).toBeGreaterThan(9);
  expect(hours).toBeLessThan(14);
  expect(await d.effects()).toEqual([]);
  expect(vi.mocked(console.error).mock.calls.join()).toContain(
    '"outcome":"dead"',
  );
});

test("DO_NOT_RETRY is dead at once", async () => {
  const d = deploy();
  host.behave = doNotRetry;
  await deliver(d, paid("evt_1"));
  await d.soon();
  expect(await d.events()).toMatchObject([
    {
      status: "dead",
      attempt: 1,
      lastErrorCode: "DO_NOT_RETRY",
      lastError: "DO_NOT_RETRY: Unknown customer.",
    },
  ]);
});

test("unknown fields are dropped, declared ones arrive typed", async () => {
  const d = deploy();
  await deliver(
    d,
    paid("evt_1", { added: { later: true }, meta: { plan: "pro", more: 1 } }),
  );
  await d.soon();
  expect(host.seen[0]!.payload).toEqual(
    paid("evt_1", { meta: { plan: "pro" } }),
  );
});

test("a payload that its validator or its schema refuses is dead at once, and says which field", async () => {
  const d = deploy();
  await deliver(d, paid("evt_1", { amount: "five" }));
  await deliver(d, { type: "subscription.cancelled", id: "" });
  await d.late();
  const dead = await d.events();
  expect(
    dead.map(({ status, lastErrorCode, attempt }) => [
      status,
      lastErrorCode,
      attempt,
    ]),
  ).toEqual([
    ["dead", "PAYLOAD_INVALID", 0],
    ["dead", "PAYLOAD_INVALID", 0],
  ]);
  expect(dead[0]!.lastError).toContain("Amount of payload must be a number");
  expect(dead[0]!.lastError).not.toContain("five");
  expect(dead[1]!.lastError).toContain("Id of payload: ");
});

test("an action is run, and its end is written down", async () => {
  const d = deploy(
    (webhooks) =>
      void webhooks
        .source("stripe")
        .onAction(
          "charge.ok",
          internal<WebhookEvent<string, "charge.ok">, "action">("call"),
        ),
  );
  failTimes(1);
  await d.t.fetch(
    "/hooks/stripe",
    await signTestRequest("stripe", SECRET, { id: "evt_1", type: "charge.ok" }),
  );
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "evt_1", attempt: 2 }]);
  expect(host.seen.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    "stripe:evt_1",
    "stripe:evt_1",
  ]);
  expect(await d.events()).toMatchObject([{ status: "processed" }]);
});

test("a handler that uses up its transaction fails, and the failure is written down", async () => {
  const d = deploy(
    (webhooks) =>
      void webhooks.source("stripe").onUnhandled(internal("greedy")),
  );
  await d.t.fetch(
    "/hooks/stripe",
    await signTestRequest("stripe", SECRET, { id: "evt_1", type: "x" }),
  );
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "pending", attempt: 2, lastErrorCode: "HANDLER_FAILED" },
  ]);
  expect(await d.effects()).toEqual([]);
});

test("an event that a later one has overtaken is marked stale", async () => {
  const d = deploy();
  const at = (second: number) => ({
    subscription: "sub_1",
    timestamp: new Date(second * 1000).toISOString(),
  });
  await deliver(d, paid("new", at(20)), "msg_new");
  await d.soon();
  await deliver(d, paid("old", at(10)), "msg_old");
  await deliver(
    d,
    paid("other", { ...at(10), subscription: "sub_2" }),
    "msg_other",
  );
  await d.soon();
  expect(host.seen.map(({ eventId, stale }) => [eventId, stale])).toEqual([
    ["msg_new", false],
    ["msg_old", true],
    ["msg_other", false],
  ]);
});

test("onUnhandled gets every other type, as text", async () => {
  const d = deploy(
    (webhooks) => void webhooks.source("pay").onUnhandled(internal("any")),
  );
  await deliver(d, { type: "brand.new", x: 1 });
  await d.soon();
  expect(host.seen[0]).toMatchObject({
    type: "brand.new",
    payload: '{"type":"brand.new","x":1}',
  });
});

const rename = (webhooks: HostWebhooks) =>
  void webhooks.source("pay").on("payment.completed", internal("gone"));

test("a handler that is not deployed is missed, and takes over what waits once it is declared", async () => {
  const d = deploy();
  host.missing.add("complete");
  await deliver(d, paid("evt_1"), "msg_1");
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "pending", lastErrorCode: "HANDLER_NOT_FOUND" },
  ]);
  host.missing.clear();
  await d.t.mutation((ctx) => d.webhooks.sync(ctx));
  await d.late();
  expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 1 }]);
});

test("a handler under a new name takes over what waits, without a delivery", async () => {
  const d = deploy(rename);
  await deliver(d, paid("evt_1"), "msg_1");
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "pending", lastErrorCode: "HANDLER_NOT_FOUND" },
  ]);
  d.redeploy(standardHandlers);
  await d.t.mutation((ctx) => d.webhooks.sync(ctx));
  await d.late();
  expect(await d.effects()).toHaveLength(1);
});

test("a mutation that became an action is a mismatch, not a loss", async () => {
  const d = deploy(
    (webhooks) => void webhooks.source("pay").onUnhandled(internal("call")),
  );
  await deliver(d, { type: "x" }, "msg_1");
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "pending", lastErrorCode: "HANDLER_KIND_MISMATCH" },
  ]);
});

test("an error of this package that no retry can help is not retried", async () => {
  const d = deploy();
  host.behave = () => {
    throw docsError("NOT_FOUND", { documentId: "d" });
  };
  await deliver(d, paid("e1"), "msg_1");
  await d.soon();
  expect(await d.events()).toMatchObject([
    { status: "dead", attempt: 1, lastErrorCode: "DO_NOT_RETRY" },
  ]);
  host.behave = () => {
    throw docsError("INTERNAL", {}, { retryable: true });
  };
  await deliver(d, paid("e2"), "msg_2");
  await d.soon();
  expect(await d.events()).toMatchObject([{}, { status: "pending" }]);
});

test("a type without a schema is parsed by the host, whatever its keys", async () => {
  const d = deploy(
    (webhooks) =>
      void webhooks.source("stripe").on("invoice.paid", internal("invoice")),
  );
  const metadata = { prénom: "Ada", $ref: "x" };
  await d.t.fetch(
    "/hooks/stripe",
    await signTestRequest("stripe", SECRET, {
      id: "in_1",
      type: "invoice.paid",
      metadata,
    }),
  );
  await d.late();
  expect(await d.effects()).toMatchObject([
    { key: "in_1", note: JSON.stringify(metadata) },
  ]);
});
