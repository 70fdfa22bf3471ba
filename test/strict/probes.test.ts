/**
 * What must hold on a deployment, with every rule on.
 */
import { makeFunctionReference } from "convex/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { internal } from "../../src/component/_generated/api.js";
import { BLOCKED } from "../../src/model/engine/timer.js";
import {
  deploy as deployJobs,
  freshHost,
  MINUTE,
  restore,
} from "../support/jobs.js";
import {
  DAY,
  cleanUp,
  deployRetention,
  idsLeft,
  put,
  runs,
} from "../support/retention.js";
import { deploymentOf } from "../../dev/strict/index.js";
import { underEveryRule } from "./suite.js";

underEveryRule();
beforeEach(freshHost);
afterEach(() => {
  restore();
  vi.unstubAllGlobals();
});

const retry = { attempts: 3, baseMs: 10, capMs: 10 };
const once = { ...retry, attempts: 1 };
type Deployed = ReturnType<typeof deployJobs>;
const statuses = async (d: Deployed) =>
  (await d.runs()).map(({ status }) => status);
/** Lets hours pass, with their looks, which convex-test does not make. */
async function byHours(d: Deployed, hours: number) {
  const step = 5 * MINUTE;
  for (let hour = 0; hour < hours; hour += 1) {
    for (let ms = 0; ms < 60 * MINUTE; ms += step) {
      vi.advanceTimersByTime(step);
      await d.t.finishInProgressScheduledFunctions();
    }
    await d.inComponent((ctx) => ctx.runMutation(internal.engine.look, {}));
  }
}
const boom = () => Promise.reject(new Error("boom"));

describe("jobs", () => {
  test("a run whose function a deploy renames during its retries waits, and goes on with the first call of the new name", async () => {
    let worked = 0;
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry,
        handler: async () => {
          worked += 1;
          if (worked > 1) return;
          deploymentOf(d.t).deploy({ rename: { "jobs:a": "jobs:b" } });
          await boom();
        },
      }),
    }));
    await d.call("a");
    await d.pass(30 * MINUTE);
    expect(await d.runs()).toMatchObject([
      { status: "running", attempt: 2, waitsFor: "job:a" },
    ]);
    expect(await d.call("b")).toEqual({ skipped: "overlap" });
    await d.pass(MINUTE);
    expect(await d.runs()).toMatchObject([{ status: "success", attempt: 2 }]);
  });

  test("a run whose function is gone for good fails after seven days", async () => {
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry,
        handler: async () => {
          deploymentOf(d.t).deploy({ remove: ["jobs:a"] });
          await boom();
        },
      }),
    }));
    await d.call("a");
    await d.pass(MINUTE);
    await d.inComponent(async (ctx) => {
      const { _id, lease } = (await ctx.db.query("jobRuns").first())!;
      const waited = { ...lease!, blocks: BLOCKED.maxBlocks };
      await ctx.db.patch("jobRuns", _id, { lease: waited });
    });
    await byHours(d, 2);
    const error = { code: "HANDLER_NOT_FOUND" };
    expect(await d.runs()).toMatchObject([{ status: "failed", error }]);
  });

  test("a job goes on though calls wait in its queue whose function is gone", async () => {
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry,
        overlap: "queue",
        handler: () =>
          new Promise<void>((resolve) => setTimeout(resolve, 5_000)),
      }),
    }));
    await d.call("a");
    await vi.advanceTimersByTimeAsync(1);
    await d.call("a");
    await d.call("a");
    deploymentOf(d.t).deploy({ rename: { "jobs:a": "jobs:b" } });
    await d.passBy(40 * MINUTE);
    await d.t.action(makeFunctionReference<"action">("jobs:b"), {});
    await d.passBy(10 * MINUTE);
    expect(await statuses(d)).toEqual(Array(4).fill("success"));
  });

  test("an onFailure that does not exist does not keep its job from running", async () => {
    let worked = 0;
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry,
        onFailure: "ops:allert",
        handler: () => Promise.resolve(void (worked += 1)),
      }),
    }));
    await d.call("a").catch(() => undefined);
    await d.pass(MINUTE);
    expect(worked).toBe(1);
  });

  test("an onFailure that a deploy took away does not keep a failed run from ending", async () => {
    const d = deployJobs((jobs) => ({
      a: jobs.mutation("a", {
        retry: once,
        onFailure: "ops:alert",
        handler: async () => {
          deploymentOf(d.t).deploy({ remove: ["ops:alert"] });
          await boom();
        },
      }),
    }));
    await d.call("a", {}, "mutation");
    await d.pass(10 * MINUTE);
    expect(await statuses(d)).toEqual(["failed"]);
  });

  test("a handler that times out while it fetches under run.signal is recorded as failed", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        timeoutMs: 1_000,
        retry: once,
        handler: async (_ctx, run) => {
          await fetch("https://slow.example", { signal: run.signal });
        },
      }),
    }));
    await d.call("a");
    await d.passBy(5_000);
    expect(
      (await d.runs()).map(({ status, error }) => [status, error?.code]),
    ).toEqual([["failed", "TIMEOUT"]]);
  });

  test("a run that waits for its retry is taken up again after all scheduled functions were cancelled", async () => {
    let worked = 0;
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry: { attempts: 3, baseMs: MINUTE, capMs: MINUTE },
        handler: async () => {
          worked += 1;
          await boom();
        },
      }),
    }));
    await d.call("a");
    await d.pass(2_000);
    await deploymentOf(d.t).cancelAllScheduled();
    await byHours(d, 3);
    expect(worked).toBe(3);
    expect(await statuses(d)).toEqual(["failed"]);
  });

  test("a backup restored elsewhere: what waits goes on with the first call there", async () => {
    let worked = 0;
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry: { attempts: 3, baseMs: 10, capMs: 10 },
        handler: async () => {
          worked += 1;
          if (worked === 1) await deploymentOf(d.t).importElsewhere();
          await boom();
        },
      }),
    }));
    await d.call("a");
    await byHours(d, 5);
    expect(await d.runs()).toMatchObject([{ waitsFor: "job:a" }]);
    expect(await d.call("a")).toEqual({ skipped: "overlap" });
    await d.pass(5 * MINUTE);
    expect(await statuses(d)).toEqual(["failed"]);
  });

  test("a mutation that times out costs its attempts, and then its run ends", async () => {
    const d = deployJobs((jobs) => ({
      a: jobs.mutation("a", { retry: once, handler: () => Promise.resolve() }),
    }));
    await d.call("a", {}, "mutation");
    deploymentOf(d.t).timeout("jobs:a");
    await d.pass(10 * MINUTE);
    expect(await statuses(d)).toEqual(["lost"]);
  });

  test("an action that dies after its work and before it is recorded is tried again", async () => {
    let worked = 0;
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        timeoutMs: 1_000,
        retry,
        handler: () => Promise.resolve(void (worked += 1)),
      }),
    }));
    await d.call("a");
    deploymentOf(d.t).kill("jobs:a", 2, "before");
    await d.pass(10 * MINUTE);
    expect(worked).toBe(2);
    expect(
      (await d.runs()).map(({ status, attempt }) => [status, attempt]),
    ).toEqual([["success", 2]]);
  });

  test("the end of a run that conflicts five times is not lost", async () => {
    let worked = 0;
    const d = deployJobs((jobs) => ({
      a: jobs.action("a", {
        retry,
        handler: () => {
          worked += 1;
          const times = worked === 1 ? 5 : 0;
          deploymentOf(d.t).conflict("docs:jobs:complete", times);
          return Promise.resolve();
        },
      }),
    }));
    await d.call("a");
    await d.pass(10 * MINUTE);
    expect([worked, await statuses(d)]).toEqual([1, ["success"]]);
  });
});

describe("retention", () => {
  test("a document whose onDelete reads too much costs itself and no other", async () => {
    const { t } = deployRetention({
      onDelete: async (ctx, { document }) => {
        if (document.title !== "poison") return;
        for (let at = 0; at < 4_200; at += 1) {
          await ctx.db
            .query("audit")
            .withIndex("by_creation_time", (q) => q.gt("_creationTime", at))
            .first();
        }
      },
    });
    await put(t, 40 * DAY, 1, { title: "poison" });
    await put(t, 39 * DAY, 10, { title: "fine" });
    for (let day = 0; day < 3; day += 1) {
      await cleanUp(t).catch(() => undefined);
      vi.advanceTimersByTime(DAY);
    }
    expect(await idsLeft(t)).toHaveLength(1);
  }, 60_000);

  test("a batch with hooks makes eight nested calls at most", async () => {
    const { t } = deployRetention({ onDelete: () => Promise.resolve() });
    await put(t, 40 * DAY, 100);
    await cleanUp(t);
    expect((await runs(t)).map(({ status }) => status)).toEqual(["success"]);
    expect(deploymentOf(t).largest("nested").nested).toBeLessThanOrEqual(8);
  });
});
