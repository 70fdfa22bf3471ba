import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { signTestRequest } from "../../src/webhooks/index.js";
import { gh, post } from "../support/deliveries.js";
import {
  deliver,
  deploy,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
  type HostDeployment,
  type HostWebhooks,
} from "../support/webhooks.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const shop = async (d: HostDeployment, topic: string, id: string) => {
  const body = { id: 1, updated_at: "2026-01-01T00:00:00-05:00" };
  const request = await signTestRequest("shopify", SECRET, body);
  Object.assign(request.headers, {
    "x-shopify-topic": topic,
    "x-shopify-webhook-id": id,
  });
  expect(await post(d, "shop", request)).toBe(200);
};

describe("genuine events with equal bodies are applied, each once", () => {
  const all = (webhooks: HostWebhooks) => {
    webhooks.source("shop").onUnhandled(internal("any"));
    webhooks.source("gh").onUnhandled(internal("any"));
  };

  test("Shopify: three topics of one snapshot", async () => {
    const d = deploy(all);
    await shop(d, "orders/create", "w1");
    await shop(d, "orders/paid", "w2");
    await shop(d, "orders/updated", "w3");
    await shop(d, "orders/paid", "w2");
    await d.late();
    expect(host.seen.map(({ type }) => type)).toEqual([
      "orders/create",
      "orders/paid",
      "orders/updated",
    ]);
  });

  test("Shopify: a shop that is redacted twice", async () => {
    const d = deploy(all);
    await shop(d, "shop/redact", "w1");
    await shop(d, "shop/redact", "w2");
    await d.late();
    expect(await d.effects()).toHaveLength(2);
  });

  test("GitHub: a workflow that is dispatched twice", async () => {
    const d = deploy(all);
    for (const id of ["d1", "d2", "d1"]) {
      const request = await gh({ ref: "main" }, id, "workflow_dispatch");
      expect(await post(d, "gh", request)).toBe(200);
    }
    await d.late();
    expect(await d.effects()).toHaveLength(2);
  });
});

describe("with the guard, an equal body under another id is a suspected replay", () => {
  const all = (webhooks: HostWebhooks) =>
    void webhooks.source("guarded").onUnhandled(internal("any"));
  const send = async (d: HostDeployment, id: string, event = "push") =>
    await post(d, "guarded", await gh({ ref: "main" }, id, event));

  test("which is stored with its reason, not applied, and can be replayed", async () => {
    const d = deploy(all);
    expect([await send(d, "d1"), await send(d, "d2")]).toEqual([200, 200]);
    await d.late();
    expect(await d.effects()).toMatchObject([{ key: "d1" }]);
    const [, suspect] = await d.events();
    expect(suspect).toMatchObject({
      key: "d2",
      status: "skipped",
      lastErrorCode: "REPLAY_SUSPECTED",
      hasBody: true,
    });
    const { id } = suspect!;
    await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id }));
    await d.late();
    expect(await d.effects()).toMatchObject([{ key: "d1" }, { key: "d2" }]);
  });

  test("but not under another type", async () => {
    const d = deploy(all);
    await send(d, "d1", "push");
    await send(d, "d2", "create");
    await d.late();
    expect(await d.effects()).toHaveLength(2);
  });

  test("nor in another source", async () => {
    const d = deploy((webhooks) => {
      all(webhooks);
      webhooks.source("guardedToo").onUnhandled(internal("any"));
    });
    await send(d, "d1");
    await post(d, "guardedToo", await gh({ ref: "main" }, "d1"));
    await d.late();
    expect(await d.effects()).toHaveLength(2);
  });

  test("of which ten are stored, and no more", async () => {
    const d = deploy(all);
    for (let n = 0; n < 15; n++) expect(await send(d, `d${n}`)).toBe(200);
    await d.late();
    expect(await d.effects()).toHaveLength(1);
    expect(await d.events()).toHaveLength(11);
  });
});

test("a captured delivery without a signed time is a duplicate for 90 days", async () => {
  const d = deploy((w) => void w.source("gh").onUnhandled(internal("any")));
  const captured = await gh({ ref: "main" }, "d1");
  const day = 86_400_000;
  const start = Date.now();
  for (const after of [0, 31, 62, 89, 91]) {
    vi.setSystemTime(start + after * day);
    await d.tick();
    expect(await post(d, "gh", captured)).toBe(200);
    await d.late();
    expect(await d.effects()).toHaveLength(after > 90 ? 2 : 1);
  }
});

describe("a sender that repeats an event which was not applied starts a replay", () => {
  const failing = () => {
    throw new Error("Broken.");
  };

  test("of a dead one", async () => {
    const d = deploy();
    host.behave = failing;
    await deliver(d, paid("e1"), "msg_1");
    await d.late();
    expect(await d.events()).toMatchObject([{ status: "dead" }]);
    host.behave = () => undefined;
    expect((await deliver(d, paid("e1"), "msg_1")).status).toBe(200);
    await d.late();
    expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 1 }]);
    await deliver(d, paid("e1"), "msg_1");
    await d.late();
    expect(await d.effects()).toHaveLength(1);
    expect(host.lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { outcome: "accepted" },
      { outcome: "replayed" },
      { outcome: "duplicate" },
    ]);
  });

  test("of one whose type has a handler now", async () => {
    const d = deploy(() => undefined);
    const send = async () =>
      post(d, "gh", await gh({ action: "opened" }, "d1", "issues"));
    await send();
    d.redeploy(
      (webhooks) =>
        void webhooks.source("gh").on("issues.opened", internal("any")),
    );
    await send();
    await d.late();
    expect(await d.effects()).toHaveLength(1);
  });

  test("but not of one that is still without a handler, skipped, or under way", async () => {
    const d = deploy();
    await deliver(d, { type: "other" }, "msg_other");
    await deliver(d, { type: "other" }, "msg_other");
    await deliver(d, { type: "noise" }, "msg_noise");
    await deliver(d, { type: "noise" }, "msg_noise");
    host.behave = failing;
    await deliver(d, paid("e1"), "msg_1");
    await d.soon();
    await deliver(d, paid("e1"), "msg_1");
    expect(await d.events()).toMatchObject([
      { status: "unhandled" },
      { status: "skipped" },
      { status: "pending", attempt: 2 },
    ]);
  });
});
