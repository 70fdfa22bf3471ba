/**
 * The app that docs/jobs.md builds up, at work: what the page says of each job holds.
 */
import { isDocsError } from "@acme/convex-docs/errors";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deploymentOf } from "../../../dev/strict/index.js";
import {
  action,
  mutation,
  pageApp,
  query,
  refusal,
  write,
  type Caller,
} from "../support/pageApp.js";
import { callCrons, pass } from "../support/running.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday. */
const NOON = Date.UTC(2026, 10, 23, 12);

const page = await pageApp("docs/jobs.md", {
  // What the page leaves to its reader: a job around the call of the model.
  "convex/asking.ts": `
    import { jobs } from "./jobs";
    import { ask } from "./model";
    export const run = jobs.action("asking", {
      handler: async (_ctx, run) => void (await ask("text", run)),
    });`,
});

beforeEach(() => {
  vi.setSystemTime(NOON);
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

type Run = Record<string, unknown>;
type Started = ReturnType<typeof page.start>;

/** The runs of a job, newest first, as an operator sees them. */
const runsOf = async ({ t }: Started, job: string) =>
  ((await t.query(query("operations:runs"), { job })) as { page: Run[] }).page;
const rows = ({ t }: Started, table: string) =>
  t.run((ctx) => ctx.db.query(table).collect());

const listed = async (who: Caller) => {
  const paginationOpts = { cursor: null, numItems: 10 };
  const { page } = (await who.query(query("documents:list"), {
    paginationOpts,
  })) as { page: { title: string }[] };
  return page.map(({ title }) => title);
};

/** What other services answer with: each call the next of these, and the last from then on. */
function services(...answers: (() => Response | Promise<Response>)[]) {
  const got: { url: URL; init: RequestInit }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    got.push({ url: new URL(url), init });
    return await answers[Math.min(got.length, answers.length) - 1]!();
  });
  return got;
}
const orders = (ids: string[], next: string) => () =>
  Response.json({ orders: ids.map((id) => ({ id, total: 5 })), next });
const down = () => new Response("Bad gateway", { status: 502 });

test("a cron's call does the last complete day once, and makes up three that were missed", async () => {
  const app = page.start();
  const report = () => app.t.mutation(mutation("jobs:dailyReport"), {});
  vi.setSystemTime(NOON - DAY);
  await app.t.run((ctx) => ctx.db.insert("orders", {}));
  vi.setSystemTime(NOON);
  await app.t.run((ctx) => ctx.db.insert("orders", {}));
  expect(await report()).toHaveProperty("runId");
  await pass(app.t, 2 * MINUTE);
  expect(await report()).toEqual({ skipped: "done" });
  expect(await rows(app, "reports")).toMatchObject([
    { day: "2026-11-22", orders: 1 },
  ]);

  vi.setSystemTime(NOON + 6 * DAY);
  await report();
  await pass(app.t, 2 * MINUTE);
  expect((await rows(app, "reports")).map(({ day }) => day as string)).toEqual([
    "2026-11-22",
    ...["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"],
  ]);
});

test("its crons call what is there: the report, and the orders of the shop", async () => {
  const app = page.start();
  services(orders([], "0"));
  expect(await callCrons(page, app.t)).toEqual({
    "jobs:dailyReport": { runId: expect.any(String) as string },
    "sync:pullOrders": { runId: expect.any(String) as string },
  });
});

test("orders: pulled from where the last run ended, each once however often it comes", async () => {
  const app = page.start();
  const got = services(orders(["a", "b"], "2"), orders(["b", "c"], "3 &"));
  const pull = async () => {
    await app.t.action(action("sync:pullOrders"), {});
    await pass(app.t, 2_000);
  };
  await pull();
  await pull();
  await pull();
  expect(got.map(({ url }) => url.searchParams.get("after"))).toEqual([
    "",
    "2",
    "3 &",
  ]);
  const shop = app.t.withIdentity({ tokenIdentifier: "shop" });
  const titles = await listed(shop);
  expect(titles.sort()).toEqual(["Order a", "Order b", "Order c"]);
  expect(await runsOf(app, "pull-orders")).toMatchObject([
    { status: "success", counts: { orders: 2 } },
    { status: "success", counts: { orders: 2 } },
    { status: "success", counts: { orders: 2 } },
  ]);
  await app.t.mutation(mutation("operations:resetCursor"), {
    job: "pull-orders",
  });
  await pull();
  expect(got.at(-1)!.url.searchParams.get("after")).toBe("");
});

test("a service that is down: three attempts a run, one alert, a breaker after five runs, one alert when it is back", async () => {
  const app = page.start();
  const got = services(down);
  const pull = async () => {
    const answer: unknown = await app.t.action(action("sync:pullOrders"), {});
    await pass(app.t, MINUTE);
    return answer;
  };
  await pull();
  expect(got).toHaveLength(3);
  for (let run = 2; run <= 5; run++) await pull();
  expect(await pull()).toEqual({ skipped: "breaker" });
  expect(got).toHaveLength(15);
  expect(await rows(app, "alerts")).toMatchObject([
    {
      text: expect.stringMatching(
        /^pull-orders: failing after 1: \S/,
      ) as string,
    },
  ]);
  vi.advanceTimersByTime(30 * MINUTE);
  services(orders([], "1"));
  await pull();
  await pull();
  expect((await rows(app, "alerts")).slice(1)).toMatchObject([
    { text: expect.stringMatching(/^pull-orders: recovered/) as string },
  ]);
});

test("an attempt that takes over a minute is superseded, and writes nothing any more", async () => {
  const app = page.start();
  const { t } = app;
  const { runId } = (await t.action(action("sync:pullOrders"), {})) as {
    runId: string;
  };
  let late: unknown = null;
  const got = services(
    () => new Promise(() => undefined),
    async () => {
      const claim = { runId, attempt: 1 };
      const zombie = { id: "zombie", total: 1 };
      late = await refusal(
        t.mutation(mutation("sync:apply"), { claim, orders: [zombie] }),
      );
      return orders(["good"], "1")();
    },
  );
  // The first attempt does not end by itself: who waits for it moves no clock.
  await vi.waitUntil(
    () => {
      vi.advanceTimersByTime(1_000);
      return got.length === 2;
    },
    { timeout: 20_000, interval: 5 },
  );
  await t.finishInProgressScheduledFunctions();
  expect(got[0]!.init.signal!.aborted).toBe(true);
  expect(isDocsError(late, "CONFLICT")).toBe(true);
  const shop = t.withIdentity({ tokenIdentifier: "shop" });
  expect(await listed(shop)).toEqual(["Order good"]);
  expect(await runsOf(app, "pull-orders")).toMatchObject([
    { runId, attempt: 2, status: "success" },
  ]);
});

test("a summary: its run exists with the request, which is made once, and its page sees it done", async () => {
  const app = page.start();
  const { ada, bob, t } = app;
  const id = await write(ada, { content: "Long. ".repeat(100) });
  const request = (who: Caller) =>
    who.mutation(mutation("summaries:request"), { id }) as Promise<number>;
  const state = (who: Caller, version: number) =>
    who.query(query("summaries:state"), { id, version });

  expect(isDocsError(await refusal(request(bob)), "NOT_FOUND")).toBe(true);
  expect(isDocsError(await refusal(state(bob, 1)), "NOT_FOUND")).toBe(true);
  expect(await state(ada, 1)).toBeNull();
  const version = await request(ada);
  expect(await request(ada)).toBe(version);
  expect(await state(ada, version)).toBe("running");
  await pass(t, 2_000);
  expect(await state(ada, version)).toBe("success");
  expect(await runsOf(app, "summarize")).toHaveLength(1);
  const after = (await ada.query(query("documents:get"), { id })) as Run;
  expect(after["summary"]).toHaveLength(200);
});

test("a summary of a document that was edited meanwhile is stale, and its text is left alone", async () => {
  const app = page.start();
  const id = await write(app.ada, { content: "Old" });
  const version: unknown = await app.ada.mutation(
    mutation("summaries:request"),
    { id },
  );
  await app.ada.mutation(mutation("documents:update"), { id, content: "New" });
  await pass(app.t, 2_000);
  expect(await runsOf(app, "summarize")).toMatchObject([
    { key: `${id}:${String(version)}`, stopReason: "stale" },
  ]);
  const after = (await app.ada.query(query("documents:get"), { id })) as Run;
  expect(after["summary"]).toBeUndefined();
});

test("a model that asks to wait five minutes is asked again then, with the same key, and its refusal shows no secret", async () => {
  const app = page.start();
  vi.stubEnv("OPENAI_API_KEY", "sk-hush");
  const got = services(
    () =>
      new Response("sk-hush", {
        status: 429,
        headers: { "Retry-After": "300" },
      }),
    () => Response.json({ choices: [{ message: { content: "Short." } }] }),
  );
  await app.t.action(action("asking:run"), {});
  await pass(app.t, 2_000);
  const [waiting] = await runsOf(app, "asking");
  expect(waiting).toMatchObject({
    status: "running",
    error: { code: "EXTERNAL" },
  });
  expect(waiting!["dueAt"]).toBeGreaterThanOrEqual(NOON + 5 * MINUTE);
  expect(JSON.stringify(waiting)).not.toContain("hush");
  vi.advanceTimersByTime(5 * MINUTE);
  await pass(app.t, MINUTE);
  expect(await runsOf(app, "asking")).toMatchObject([
    { status: "success", attempt: 2 },
  ]);
  const headers = got.map(({ init }) => new Headers(init.headers));
  expect(headers[0]!.get("Authorization")).toBe("Bearer sk-hush");
  const keys = headers.map((one) => one.get("Idempotency-Key"));
  expect(keys).toEqual([keys[0], keys[0]]);
  expect(keys[0]).toBeTruthy();
});

test("a deploy that leaves the job's function out costs no attempt: the run waits, and a call of what is back lets it go on", async () => {
  const app = page.start();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const got = services(down, orders([], "1"));
  const pull = () => app.t.action(action("sync:pullOrders"), {});
  const deployment = deploymentOf(app.t);
  await pull();
  await vi.waitUntil(() => (vi.advanceTimersByTime(1), got.length === 1));
  await app.t.finishInProgressScheduledFunctions();
  deployment.deploy({ remove: ["sync:pullOrders"] });
  await pass(app.t, MINUTE / 2);
  expect(await runsOf(app, "pull-orders")).toMatchObject([
    { status: "running", attempt: 2, waitsFor: "job:pull-orders" },
  ]);
  deployment.redeploy();
  expect(await pull()).toEqual({ skipped: "overlap" });
  await pass(app.t, MINUTE);
  expect(await runsOf(app, "pull-orders")).toMatchObject([
    { status: "success", attempt: 2 },
  ]);
});

test("an operator pauses a job, lets it go on and cancels a run; nobody else can", async () => {
  const app = page.start();
  const { t } = app;
  const got = services(down);
  const pull = () => t.action(action("sync:pullOrders"), {});
  const operate = (name: string) =>
    t.mutation(mutation(`operations:${name}`), { job: "pull-orders" });
  await operate("pause");
  expect(await pull()).toEqual({ skipped: "paused" });
  await operate("resume");
  await pull();
  expect(await pull()).toEqual({ skipped: "overlap" });
  expect(await operate("cancel")).toBe(true);
  await pass(t, 2 * MINUTE);
  expect(got).toEqual([]);
  expect(await t.query(query("operations:list"), {})).toMatchObject([
    { job: "pull-orders", failures: 0, run: { status: "canceled" } },
  ]);
  const exported = await page.load("convex/operations.ts");
  const visible = Object.entries(exported).filter(
    ([, made]) => !(made as { isInternal?: boolean }).isInternal,
  );
  expect(visible).toEqual([]);
});
