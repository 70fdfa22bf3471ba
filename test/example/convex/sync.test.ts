import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../../example/convex/_generated/api.js";
import { Feed } from "../../../dev/stub/services.js";
import { app } from "./app.js";

let feed: Feed;
/** Which calls fail, counted from 1. */
let failing: number[];
let calls: string[];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-24T10:00:00Z") });
  vi.spyOn(console, "info").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubEnv("UPDATES_URL", "https://crm.example.com/v1/updates");
  feed = new Feed();
  failing = [];
  calls = [];
  vi.stubGlobal("fetch", async (url: string) => {
    calls.push(url);
    if (failing.includes(calls.length))
      return new Response("<html>", { status: 502 });
    return Response.json(feed.page(new URL(url).searchParams.get("cursor")));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function start() {
  const { t, ada } = app();
  return {
    t,
    ada,
    /** What the cron does, to its end. */
    run: async (ms = 2 * 60_000) => {
      await t.action(internal.sync.pullUpdates, {});
      const end = Date.now() + ms;
      while (Date.now() < end) {
        vi.advanceTimersByTime(1_000);
        await t.finishInProgressScheduledFunctions();
      }
    },
    updates: () => t.run((ctx) => ctx.db.query("updates").take(100)),
  };
}

test("a first run fetches everything, page by page, and the next one only what is new", async () => {
  const { run, updates } = start();
  await run();
  expect(await updates()).toHaveLength(25);
  expect(calls).toHaveLength(3);
  feed.publish({ id: "upd_26", title: "New" });
  feed.publish({ id: "upd_3", title: "Corrected" });
  await run();
  expect(calls).toHaveLength(4);
  const now = await updates();
  expect(now).toHaveLength(26);
  expect(now.find(({ externalId }) => externalId === "upd_3")?.title).toBe(
    "Corrected",
  );
});

test("a run that fails in the middle is tried again, and nothing is there twice", async () => {
  failing = [2];
  const { run, updates } = start();
  await run();
  const ids = (await updates()).map(({ externalId }) => externalId);
  expect(ids).toHaveLength(25);
  expect(new Set(ids).size).toBe(25);
});

test("a run that fails for good tells the operator once, and again when one succeeds", async () => {
  const { ada, run } = start();
  failing = [1, 2, 3];
  await run();
  const alerts = () => ada.query(api.operations.alerts, {});
  expect(await alerts()).toMatchObject([{ job: "pull-updates", failures: 1 }]);
  await run();
  expect(await alerts()).toEqual([]);
});

test("an older page that comes late takes nothing back", async () => {
  const { run, updates, t } = start();
  await run();
  vi.advanceTimersByTime(60_000);
  feed.publish({ id: "upd_1", title: "Newer" });
  await run();
  const stale = {
    id: "upd_1",
    title: "Older",
    changedAt: "2026-11-24T09:00:00.000Z",
  };
  const [job] = await t.query(internal.jobs.list, {});
  const claim = { runId: job!.run!.runId, attempt: 1 };
  // Its run is over, so it is refused as a whole.
  const late = t.mutation(internal.sync.apply, { claim, updates: [stale] });
  await expect(late).rejects.toMatchObject({ data: { code: "CONFLICT" } });
  expect(
    (await updates()).find(({ externalId }) => externalId === "upd_1")?.title,
  ).toBe("Newer");
});

test("only an operator sees what was fetched", async () => {
  const { t, ada, run } = start();
  await run();
  await expect(t.query(api.sync.latest, {})).rejects.toMatchObject({
    data: { code: "UNAUTHORIZED" },
  });
  expect(await ada.query(api.sync.latest, {})).toHaveLength(10);
});
