/**
 * What the first release wrote is read, and the work that it had under way comes to its end.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { v } from "convex/values";
import { internal } from "../../src/component/_generated/api.js";
import { inComponent } from "../support/component.js";
import {
  deploy,
  docs,
  docsWithTrash,
  type Deployment,
} from "../support/host.js";
import * as jobs from "../support/jobs.js";
import { deployRetention, idsLeft, runs, start } from "../support/retention.js";
import * as webhooks from "../support/webhooks.js";
import { underEveryRule } from "../strict/suite.js";
import documentsOfFirst from "./first/documents.json" with { type: "json" };
import jobsOfFirst from "./first/jobs.json" with { type: "json" };
import retentionOfFirst from "./first/retention.json" with { type: "json" };
import webhooksOfFirst from "./first/webhooks.json" with { type: "json" };
import { restore, type Snapshot } from "./snapshot.js";

underEveryRule();
beforeEach(() => {
  vi.useFakeTimers();
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockReturnValue();
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Timed = { finishInProgressScheduledFunctions(): Promise<void> };

/** Lets time pass, and runs what comes due. */
async function pass(t: Timed, ms: number, step: number) {
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await t.finishInProgressScheduledFunctions();
  }
}

type Within = Parameters<typeof restore>[1]["inComponent"];

/** The first hourly look after the deploy, and what it sets off at once. */
async function look(t: Timed, inComponent: Within) {
  await inComponent((ctx) =>
    ctx.scheduler.runAfter(0, internal.engine.look, {}),
  );
  await pass(t, 2_000, 20);
}

const within =
  (t: Deployment): Within =>
  (work) =>
    inComponent(t, work);

// The calls of the old release may still be pending, with arguments that the new code does not take; or all are gone.
describe.each([{ withScheduled: true }, { withScheduled: false }])(
  "with the old calls pending: $withScheduled",
  ({ withScheduled }) => {
    test("documents are listed, found, written and restored, and bulk operations end", async () => {
      const t = deploy();
      const target = {
        inComponent: within(t),
        inHost: (work: () => Promise<string[][]>) => t.run(work),
      };
      const ids = await restore(
        documentsOfFirst as unknown as Snapshot,
        target,
        { withScheduled },
      );
      const ada = docsWithTrash.as("ada");
      const paginationOpts = { cursor: null, numItems: 100 };
      const { page } = await t.query((ctx) =>
        ada.list(ctx, { paginationOpts }),
      );
      expect(page.map(({ title }) => title).sort()).toEqual([
        "Archived",
        "Edited",
        "Expiring",
        "Keyed",
        "Pinned",
        "Plain draft",
        "Public",
        "Transferred",
      ]);
      const trash = await t.query((ctx) =>
        ada.listTrash(ctx, { paginationOpts }),
      );
      expect(trash.page).toMatchObject([{ title: "In the trash" }]);
      await t.mutation((ctx) => ada.restore(ctx, { id: trash.page[0]!._id }));
      const keyed = await t.query((ctx) =>
        ada.getByKey(ctx, { key: "settings" }),
      );
      expect(keyed).toMatchObject({ title: "Keyed", version: 1 });
      const id = keyed!._id;
      const written = await t.mutation((ctx) =>
        ada.update(ctx, { id, ifVersion: 1, title: "Settings" }),
      );
      expect(written).toEqual({ id, version: 2 });
      await look(t, within(t));
      await pass(t, 3 * MINUTE, 10_000);
      const bulk = documentsOfFirst.tables.bulkJobs.filter(
        ({ state }) => state === "running",
      );
      for (const { _id, startedBy } of bulk) {
        const status = await t.query((ctx) =>
          docs.as(startedBy).bulkStatus(ctx, { jobId: ids.get(_id)! }),
        );
        expect(status).toMatchObject({ state: "done", done: 130, failed: 0 });
      }
      const carol = await t.query((ctx) =>
        docs
          .as("carol")
          .list(ctx, { paginationOpts: { cursor: null, numItems: 200 } }),
      );
      for (const document of carol.page) {
        expect(document).toMatchObject({
          status: "archived",
          summary: "Walked",
        });
      }
    }, 30_000);

    test("a clean-up ends, and the next one leaves nothing that is due", async () => {
      const { t } = deployRetention({ batchSize: 10 });
      await restore(
        retentionOfFirst as unknown as Snapshot,
        {
          inComponent: within(t),
          inHost: (work: () => Promise<string[][]>) => t.run(work),
        },
        { withScheduled },
      );
      await look(t, within(t));
      await pass(t, HOUR, MINUTE);
      // The host's cron of the next day.
      await start(t);
      await pass(t, 10 * MINUTE, 10_000);
      const rows = await runs(t);
      expect(rows.map(({ status }) => status)).not.toContain("running");
      expect(rows[0]).toMatchObject({ status: "success" });
      // Its order was in the arguments of its calls, which no row has.
      expect(rows.at(-1)).toMatchObject({ status: "lost" });
      // Two are young, one is in quarantine.
      expect((await idsLeft(t)).length).toBeLessThanOrEqual(3);
    }, 30_000);

    test("a run between two attempts goes on, and calls that wait are started", async () => {
      const seen: string[] = [];
      const d = jobs.deploy((made) => ({
        sync: made.action("sync", {
          retry: { attempts: 4, baseMs: 60_000, capMs: 60_000 },
          handler: async (_ctx, run) => {
            seen.push(`sync ${String(run.cursor)}`);
            return { counts: { pulled: 2 }, cursor: "page 2" };
          },
        }),
        keyed: made.action("keyed", {
          args: { user: v.string() },
          key: ({ user }) => user,
          handler: async () => ({}),
        }),
        pull: made.action("pull", {
          overlap: "queue",
          handler: async () => {
            seen.push("pull");
            return { counts: { pulled: 1 } };
          },
        }),
        daily: made.action("daily", {
          period: "day",
          catchUp: 3,
          handler: async () => ({ counts: { days: 1 } }),
        }),
        off: made.action("off", { handler: async () => ({}) }),
      }));
      await restore(
        jobsOfFirst as unknown as Snapshot,
        {
          inComponent: d.inComponent,
          inHost: (work: () => Promise<string[][]>) => d.t.run(work),
        },
        { withScheduled },
      );
      expect(await d.status("off")).toMatchObject({ paused: true });
      await look(d.t, d.inComponent);
      await pass(d.t, 2 * HOUR, MINUTE);
      expect(
        seen.filter((line) => line === "pull").length,
      ).toBeGreaterThanOrEqual(withScheduled ? 3 : 2);
      // What it was called with was in its scheduled functions alone.
      const [, sync] = await d.runs("sync");
      expect(sync?.status).toBe(withScheduled ? "success" : "lost");
      const { cursor } = (await d.status("sync"))!;
      expect(cursor).toBe(withScheduled ? "page 2" : "page 1");
      expect(seen.includes("sync page 1")).toBe(withScheduled);
      const open = (await d.runs()).filter(
        ({ status }) => status === "running",
      );
      expect(open).toEqual([]);
      expect(await d.call("keyed", { user: "ada" })).toEqual({
        skipped: "done",
      });
      expect(await d.call("off")).toEqual({ skipped: "paused" });
    }, 30_000);

    test("every webhook event is applied once or stays dead, and a late copy is a duplicate", async () => {
      const d = webhooks.deploy((made) => {
        webhooks.standardHandlers(made);
        made
          .source("stripe")
          .onAction(
            "charge.ok",
            webhooks.internal<never, "action">("call") as never,
            { timeoutMs: 5_000, maxAttempts: 2 },
          );
      });
      Object.assign(webhooks.host, {
        behave: () => undefined,
        secrets: [webhooks.SECRET],
        missing: new Set(),
        seen: [],
      });
      await restore(
        webhooksOfFirst as unknown as Snapshot,
        {
          inComponent: d.inComponent,
          inHost: (work: () => Promise<string[][]>) => d.t.run(work),
        },
        { withScheduled },
      );
      await look(d.t, d.inComponent);
      await pass(d.t, 6 * HOUR, MINUTE);
      const events = await d.events();
      expect(events.map(({ key, status }) => [key, status]).sort()).toEqual([
        ["evt_4", "processed"],
        ["msg_dead", "dead"],
        ["msg_first", "processed"],
        ["msg_processed", "processed"],
        ["msg_retry", "processed"],
      ]);
      const effects = await d.effects();
      expect(effects.map(({ key }) => key).sort()).toEqual([
        "evt_4",
        "msg_first",
        "msg_retry",
      ]);
      const again = await webhooks.deliver(
        d,
        webhooks.paid("evt_1"),
        "msg_processed",
      );
      expect(again.status).toBe(200);
      expect(await d.effects()).toHaveLength(3);
    }, 30_000);
  },
);
