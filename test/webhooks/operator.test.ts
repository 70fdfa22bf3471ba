import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  signTestRequest,
  type ReplayedMany,
} from "../../src/webhooks/index.js";
import {
  deliver,
  deploy,
  freshHost,
  host,
  internal,
  paid,
  SECRET,
  standardHandlers,
  type HostDeployment,
  type HostWebhooks,
} from "../support/webhooks.js";
import { LivePages, type Load } from "../support/pages.js";

beforeEach(freshHost);
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;
const broken = () => {
  throw new Error("Broken.");
};
const dead = async (d: HostDeployment, ...ids: string[]) => {
  host.behave = broken;
  for (const id of ids) await deliver(d, paid(id), id);
  await d.late();
  host.behave = () => undefined;
};

describe("replay", () => {
  test("a dead event is applied once its handler is mended, and only once", async () => {
    const d = deploy();
    await dead(d, "msg_1");
    const [event] = await d.events();
    await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id: event!.id }));
    await d.late();
    expect(await d.effects()).toMatchObject([{ key: "msg_1", attempt: 1 }]);
    await expect(
      d.t.mutation((ctx) => d.webhooks.replay(ctx, { id: event!.id })),
    ).rejects.toMatchObject({ data: { code: "VALIDATION_FAILED" } });
    await d.t.mutation((ctx) =>
      d.webhooks.replay(ctx, { id: event!.id, again: true }),
    );
    await d.late();
    expect(await d.effects()).toHaveLength(2);
  });

  test("a replay gets the whole schedule again", async () => {
    const d = deploy();
    await dead(d, "msg_1");
    const [event] = await d.events();
    host.behave = broken;
    await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id: event!.id }));
    await d.late();
    expect(await d.events()).toMatchObject([{ status: "dead", attempt: 16 }]);
  });

  test("all unhandled of a type, page by page, once there is a handler", async () => {
    const d = deploy(() => undefined);
    for (let n = 0; n < 7; n++) await deliver(d, paid(`e${n}`), `msg_${n}`);
    await deliver(d, { type: "other" }, "msg_other");
    await d.late();
    expect(await d.effects()).toEqual([]);
    d.redeploy(standardHandlers);
    let cursor: string | null = null;
    let replayed = 0;
    for (let page = 0; page < 10; page++) {
      const at: string | null = cursor;
      const result: ReplayedMany = await d.t.mutation((ctx) =>
        d.webhooks.replayMany(ctx, {
          source: "pay",
          status: "unhandled",
          type: "payment.completed",
          limit: 3,
          cursor: at,
        }),
      );
      replayed += result.replayed;
      cursor = result.cursor;
      if (result.isDone) break;
    }
    await d.late();
    expect(replayed).toBe(7);
    expect(await d.effects()).toHaveLength(7);
    expect(
      (await d.events()).filter(({ status }) => status === "unhandled"),
    ).toHaveLength(1);
  });

  test("what the schema refused is judged again by the schema of today", async () => {
    const d = deploy();
    await deliver(d, paid("e1", { amount: "5" }), "msg_1");
    const [event] = await d.events();
    const outcome = await d.t.mutation((ctx) =>
      d.webhooks.replay(ctx, { id: event!.id }),
    );
    expect(outcome).toBe("invalid");
    expect(await d.events()).toMatchObject([
      { status: "dead", lastErrorCode: "PAYLOAD_INVALID" },
    ]);
    d.redeploy(
      (webhooks) => void webhooks.source("pay").onUnhandled(internal("any")),
    );
    await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id: event!.id }));
    await d.late();
    expect(await d.effects()).toHaveLength(1);
  });

  test("an id that nobody has is NOT_FOUND", async () => {
    const d = deploy();
    await expect(
      d.t.mutation((ctx) => d.webhooks.replay(ctx, { id: "nothing" })),
    ).rejects.toThrow("NOT_FOUND");
    expect(
      await d.t.query((ctx) => d.webhooks.get(ctx, { id: "nothing" })),
    ).toBeNull();
  });
});

describe("the body of an event that its provider writes as a form", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const send = async (d: HostDeployment, headers: object = {}) => {
    const body = new URLSearchParams({ payload: '{"action":"opened"}' });
    const request = await signTestRequest("github", SECRET, `${body}`);
    Object.assign(request.headers, form, headers, {
      "x-github-event": "issues",
      "x-github-delivery": crypto.randomUUID(),
    });
    expect((await d.t.fetch("/hooks/forms", request)).status).toBe(200);
  };
  const handled = (webhooks: HostWebhooks) =>
    void webhooks.source("forms").on("issues.opened", internal("opened"));

  test("is read by its stored headers when it is replayed", async () => {
    const d = deploy(() => undefined);
    await send(d);
    d.redeploy(handled);
    const [event] = await d.events();
    const { id } = event!;
    expect(await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id }))).toBe(
      "replayed",
    );
    await d.late();
    expect(await d.effects()).toMatchObject([{ note: '{"action":"opened"}' }]);
  });

  test("is read by its stored headers when many are replayed", async () => {
    const d = deploy(() => undefined);
    await send(d);
    d.redeploy(handled);
    const replayed = await d.t.mutation((ctx) =>
      d.webhooks.replayMany(ctx, { source: "forms", status: "unhandled" }),
    );
    expect(replayed).toMatchObject({ replayed: 1, invalid: 0 });
    await d.late();
    expect(await d.effects()).toHaveLength(1);
  });

  test("is read although a stored header was cut", async () => {
    const d = deploy(() => undefined);
    await send(d, { "x-github-hook-id": "é".repeat(2_000) });
    d.redeploy(handled);
    const [event] = await d.events();
    const { id } = event!;
    expect(await d.t.mutation((ctx) => d.webhooks.replay(ctx, { id }))).toBe(
      "replayed",
    );
  });
});

describe("the operator's functions", () => {
  const inbox = (d: HostDeployment, module: "inbox" | "page") => ({
    ask: (name: string, args: Record<string, unknown>) =>
      d.t.mutation(
        makeFunctionReference<"mutation">(`${module}:${name}`),
        args,
      ),
    look: (name: string, args: Record<string, unknown> = {}) =>
      d.t.query(makeFunctionReference<"query">(`${module}:${name}`), args),
  });

  test("are internal, and do what the command line asks", async () => {
    const d = deploy();
    const { ask, look } = inbox(d, "inbox");
    await ask("pause", { source: "pay" });
    await deliver(d, paid("e1"), "msg_1");
    const { page } = (await look("list")) as { page: { id: string }[] };
    const { id } = page[0]!;
    expect(await look("get", { id })).toMatchObject({ status: "held" });
    expect(await look("getBody", { id })).toBe(JSON.stringify(paid("e1")));
    expect(await look("stats", { source: "pay" })).toMatchObject({
      paused: true,
    });
    await ask("skip", { id });
    await ask("resume", { source: "pay" });
    await ask("sync", {});
    expect(await ask("replay", { id })).toBe("replayed");
    expect(
      await ask("replayMany", { source: "pay", status: "dead" }),
    ).toMatchObject({ replayed: 0, isDone: true });
    await d.late();
    expect(await d.effects()).toHaveLength(1);
    for (const registered of Object.values(d.webhooks.operator())) {
      expect(registered).toHaveProperty("isInternal", true);
    }
  });

  test("are public with `authorize`, which each of them calls first", async () => {
    const d = deploy();
    const functions = d.webhooks.operator({
      authorize: () => {
        throw new Error("No operator.");
      },
    });
    await deliver(d, paid("e1"), "msg_1");
    const id = (await d.events())[0]!.id;
    const args: Record<keyof typeof functions, Record<string, unknown>> = {
      get: { id },
      getBody: { id },
      list: {},
      stats: { source: "pay" },
      replay: { id },
      replayMany: { source: "pay", status: "dead" },
      skip: { id },
      sync: {},
      pause: { source: "pay" },
      resume: { source: "pay" },
    };
    const { ask, look } = inbox(d, "page");
    for (const [name, registered] of Object.entries(functions)) {
      expect(registered).toHaveProperty("isPublic", true);
      const call = "isQuery" in registered ? look : ask;
      await expect(
        call(name, args[name as keyof typeof functions]),
      ).rejects.toThrow("No operator.");
    }
    const operator = d.t.withIdentity({ subject: "ada" });
    expect(
      await operator.query(makeFunctionReference<"query">("page:stats"), {
        source: "pay",
      }),
    ).toMatchObject({ source: "pay" });
  });

  test("refuse a source that was not declared", async () => {
    const { ask } = inbox(deploy(), "inbox");
    await expect(ask("pause", { source: "nothing" })).rejects.toThrow(
      'there is no source "nothing"',
    );
  });
});

test("a skipped event is never applied", async () => {
  const d = deploy();
  host.behave = broken;
  await deliver(d, paid("e1"), "msg_1");
  await d.soon();
  const [event] = await d.events();
  await d.t.mutation((ctx) => d.webhooks.skip(ctx, { id: event!.id }));
  host.behave = () => undefined;
  await d.late();
  expect(await d.effects()).toEqual([]);
  expect(await d.events()).toMatchObject([{ status: "skipped" }]);
});

test("a paused source takes in and answers, and applies nothing until it is resumed", async () => {
  const d = deploy();
  host.behave = broken;
  await deliver(d, paid("e0"), "msg_retrying");
  await d.soon();
  host.behave = () => undefined;
  await d.t.mutation((ctx) => d.webhooks.pause(ctx, { source: "pay" }));
  expect((await deliver(d, paid("e1"), "msg_1")).status).toBe(200);
  await d.late();
  expect(await d.effects()).toEqual([]);
  expect((await d.events()).map(({ status }) => status)).toEqual([
    "held",
    "held",
  ]);
  await d.t.mutation((ctx) => d.webhooks.resume(ctx, { source: "pay" }));
  await d.late();
  expect(await d.effects()).toHaveLength(2);
});

test("a pause holds first attempts that are scheduled already", async () => {
  const d = deploy();
  for (let n = 0; n < 5; n++) await deliver(d, paid(`e${n}`), `msg_${n}`);
  await d.t.mutation((ctx) => d.webhooks.pause(ctx, { source: "pay" }));
  await d.late();
  expect(await d.effects()).toEqual([]);
  await d.t.mutation((ctx) => d.webhooks.resume(ctx, { source: "pay" }));
  await d.late();
  expect(await d.effects()).toHaveLength(5);
});

test("pauses spend no attempts", async () => {
  const d = deploy();
  host.behave = broken;
  await deliver(d, paid("e1"), "msg_1");
  await d.soon();
  for (let n = 0; n < 10; n++) {
    await d.t.mutation((ctx) => d.webhooks.pause(ctx, { source: "pay" }));
    await d.late();
    expect(await d.events()).toMatchObject([{ status: "held" }]);
    await d.t.mutation((ctx) => d.webhooks.resume(ctx, { source: "pay" }));
    // What wakes the event, and not yet its attempt.
    await d.run("engine:wake", { name: "pause of pay" });
  }
  await d.late();
  expect(host.seen.map(({ attempt }) => attempt)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test("lists page by page, by source, status and type", async () => {
  const d = deploy();
  for (let n = 0; n < 5; n++) await deliver(d, paid(`e${n}`), `msg_${n}`);
  await deliver(d, { type: "other" }, "msg_other");
  await d.late();
  const list = async (which: object, cursor: string | null = null) =>
    d.t.query((ctx) =>
      d.webhooks.list(ctx, {
        ...which,
        order: "asc",
        paginationOpts: { numItems: 2, cursor },
      }),
    );
  const first = await list({ source: "pay", status: "processed" });
  const second = await list(
    { source: "pay", status: "processed" },
    first.continueCursor,
  );
  expect([...first.page, ...second.page].map(({ key }) => key)).toEqual([
    "msg_0",
    "msg_1",
    "msg_2",
    "msg_3",
  ]);
  expect((await list({ type: "other" })).page).toMatchObject([
    { key: "msg_other", status: "unhandled" },
  ]);
  expect((await list({ status: "dead" })).page).toEqual([]);
  await expect(list({}, "forged")).rejects.toThrow("INVALID_CURSOR");
});

/** Pages of the inbox, the latest first, by the keys of their events. */
function keysOf(
  d: HostDeployment,
  which: { source?: "pay"; type?: string },
): Load {
  return async (paginationOpts) => {
    const found = await d.t.query((ctx) =>
      d.webhooks.list(ctx, { ...which, paginationOpts }),
    );
    return { ...found, page: found.page.map(({ key }) => ({ _id: key })) };
  };
}

test("pages of a live inbox stay together while events arrive, and one that has grown is split", async () => {
  const d = deploy();
  const send = (n: number) => deliver(d, paid(`e${n}`), `msg_${n}`);
  for (let n = 0; n < 5; n++) await send(n);
  const pages = new LivePages(keysOf(d, { source: "pay" }), 2);
  await pages.refresh();
  await pages.loadMore();
  expect(pages.ids).toEqual(["msg_4", "msg_3", "msg_2", "msg_1"]);
  for (let n = 5; n < 9; n++) await send(n);
  await pages.refresh();
  const expected = [8, 7, 6, 5, 4, 3, 2, 1].map((n) => `msg_${n}`);
  expect(pages.ids).toEqual(expected);
  expect(pages.count).toBeGreaterThan(2);
  await pages.loadMore();
  expect(pages.ids).toEqual([...expected, "msg_0"]);
  expect(pages.isDone).toBe(true);
});

test("a pinned page of one type, among more of others than it may look at, asks to be split and loses nothing", async () => {
  const d = deploy();
  await deliver(d, paid("first"), "msg_first");
  await d.inComponent(async ({ db }) => {
    const { _id, _creationTime, ...event } = (await db
      .query("webhookEvents")
      .first())!;
    for (let n = 0; n < 600; n++) {
      await db.insert("webhookEvents", {
        ...event,
        type: "other",
        key: `o${n}`,
      });
    }
  });
  await deliver(d, paid("last"), "msg_last");
  const pages = new LivePages(keysOf(d, { type: "payment.completed" }), 2);
  await pages.refresh();
  while (!pages.isDone) await pages.loadMore();
  await pages.refresh();
  expect(pages.ids).toEqual(["msg_last", "msg_first"]);
});

test("stats say how many of each there are and why deliveries were refused", async () => {
  const d = deploy();
  await deliver(d, paid("e1"), "msg_1");
  await d.soon();
  await dead(d, "msg_2");
  host.secrets = ["b3RoZXI="];
  for (let n = 0; n < 3; n++) await deliver(d, paid("e3"), "msg_3");
  vi.setSystemTime(Date.now() + 61_000);
  await deliver(d, paid("e3"), "msg_3");
  const stats = await d.t.query((ctx) =>
    d.webhooks.stats(ctx, { source: "pay" }),
  );
  expect(stats.events.processed).toEqual({ count: 1, more: false });
  expect(stats.events.dead).toEqual({ count: 1, more: false });
  expect(stats.lastRejected).toMatchObject({
    code: "SIGNATURE_MISMATCH",
    count: 2,
    lastAt: Date.now(),
  });
});

describe("retention", () => {
  test("bodies go first, and the rows that recognise duplicates later", async () => {
    const d = deploy();
    await deliver(d, paid("e1"), "msg_1");
    await d.late();
    vi.setSystemTime(Date.now() + 8 * DAY);
    await d.tick();
    const [event] = await d.events();
    expect(event).toMatchObject({ hasBody: false, status: "processed" });
    expect(
      await d.t.query((ctx) => d.webhooks.getBody(ctx, { id: event!.id })),
    ).toBeNull();
    await expect(
      d.t.mutation((ctx) =>
        d.webhooks.replay(ctx, { id: event!.id, again: true }),
      ),
    ).rejects.toThrow("body has expired");
    // A genuine delivery of the same event, signed anew, is still a duplicate.
    await deliver(d, paid("e1"), "msg_1");
    await d.late();
    expect(await d.effects()).toHaveLength(1);
    vi.setSystemTime(Date.now() + 23 * DAY);
    await d.tick();
    expect(await d.events()).toEqual([]);
    const left = await d.inComponent(async (ctx) =>
      ctx.db.query("webhookBodies").take(1),
    );
    expect(left).toEqual([]);
  });

  test("what is still to be applied is never deleted, what is dead stays 90 days", async () => {
    const d = deploy();
    await dead(d, "msg_dead");
    await d.t.mutation((ctx) => d.webhooks.pause(ctx, { source: "pay" }));
    await deliver(d, paid("e1"), "msg_held");
    vi.setSystemTime(Date.now() + 60 * DAY);
    await d.tick();
    expect(await d.events()).toMatchObject([
      { hasBody: true },
      { hasBody: true },
    ]);
    vi.setSystemTime(Date.now() + 400 * DAY);
    await d.tick();
    await d.soon();
    expect(await d.events()).toMatchObject([
      { key: "msg_held", status: "held" },
    ]);
  });

  test("a pass is bounded and goes on by itself", async () => {
    const d = deploy(() => undefined);
    const request = await signTestRequest(
      "standardWebhooks",
      SECRET,
      paid("e"),
    );
    await d.t.fetch("/hooks/pay", request);
    await d.inComponent(async (ctx) => {
      const [event] = await ctx.db.query("webhookEvents").take(1);
      const { _id, _creationTime, bodyId: _bodyId, ...row } = event!;
      for (let n = 0; n < 449; n++)
        await ctx.db.insert("webhookEvents", { ...row, key: `k${n}` });
    });
    vi.setSystemTime(Date.now() + 120 * DAY);
    await d.tick();
    expect(await d.events()).toHaveLength(400);
    await d.late();
    expect(await d.events()).toEqual([]);
  });
});
