import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { internal } from "../../src/component/_generated/api.js";
import {
  apply,
  components,
  deploy,
  freshHost,
  host,
  MINUTE,
  NOON,
  restore,
  undeploy,
} from "../support/jobs.js";

beforeEach(freshHost);
afterEach(restore);

test("an attempt that begins late ends before it is taken for lost, so that two are never at work", async () => {
  const signals: AbortSignal[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      timeoutMs: 60_000,
      retry: { attempts: 2, baseMs: 5_000, capMs: 5_000 },
      handler: async (_ctx, run) => {
        signals.push(run.signal);
        if (run.attempt === 1) await new Promise(() => undefined);
      },
    }),
  }));
  await d.call("sync");
  // The scheduler is behind: 65 s later, 25 s before the attempt is lost.
  vi.setSystemTime(NOON + 65_000);
  await d.passBy(14_000);
  expect(signals[0]!.aborted).toBe(false);
  await d.passBy(2_000);
  expect(signals[0]!.aborted).toBe(true);
  expect(await d.status("sync")).toMatchObject({ run: { attempt: 2 } });
});

test.each(["complete", "fail"] as const)(
  "an action whose %s conflicts has the scheduler repeat it, and its work is not done again",
  async (step) => {
    let conflicts = 1;
    let worked = 0;
    const d = deploy(
      (jobs) => ({
        sync: jobs.action("sync", {
          retry: { attempts: 1 },
          handler: async () => {
            worked++;
            if (step === "fail") throw new Error("Not today.");
            return { counts: { worked } };
          },
        }),
      }),
      { dies: (at) => at === step && conflicts-- > 0 },
    );
    await d.call("sync");
    await d.soon();
    expect(worked).toBe(1);
    expect(await d.runs()).toMatchObject([
      step === "fail"
        ? { status: "failed", error: { code: "INTERNAL" } }
        : { status: "success", counts: { worked: 1 } },
    ]);
  },
);

test("an attempt that died silently is taken for lost, and another is made", async () => {
  const attempts: number[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      timeoutMs: 5_000,
      handler: async (_ctx, run) => void attempts.push(run.attempt),
    }),
  }));
  await d.call("sync");
  await cancelScheduled(d, "jobs:sync");
  await d.pass(30_000);
  expect(await d.status("sync")).toMatchObject({ run: { status: "running" } });
  await d.late();
  expect(attempts).toEqual([2]);
  expect(await d.runs()).toMatchObject([{ status: "success", attempt: 2 }]);
});

test("an action that dies in every attempt ends lost, and somebody is told", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      timeoutMs: 1_000,
      retry: { attempts: 1 },
      onFailure: "ops:alert",
      handler: async () => undefined,
    }),
  }));
  await d.call("sync");
  await cancelScheduled(d, "jobs:sync");
  await d.late();
  expect(await d.runs()).toMatchObject([{ status: "lost" }]);
  expect(host.alerts).toMatchObject([{ job: "sync", kind: "failing" }]);
});

test("its tick is lost too: the next call, which is skipped, has the run looked after again", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      timeoutMs: 1_000,
      handler: async () => undefined,
    }),
  }));
  await d.call("sync");
  await cancelScheduled(d, "jobs:sync");
  await cancelScheduled(d, "engine:tick");
  await d.late();
  vi.setSystemTime(NOON + 4 * MINUTE);
  expect(await d.call("sync")).toEqual({ skipped: "overlap" });
  await d.late();
  expect(await d.runs()).toMatchObject([{ status: "success", attempt: 2 }]);
});

test("what follows a run is lost: the call that waits starts by itself", async () => {
  const done: unknown[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      args: { n: v.number() },
      overlap: "queue",
      timeoutMs: 1_000,
      handler: async (_ctx, _run, { n }) => {
        if (n === 1) await cancelScheduled(d, "engine:tick");
        done.push(n);
      },
    }),
  }));
  // The look of before, which heals queues without a lease.
  await d.inComponent((ctx) => ctx.runMutation(internal.engine.look, {}));
  await d.call("sync", { n: 1 });
  expect(await d.call("sync", { n: 2 })).toEqual({ queued: true });
  let lost = 0;
  for (let turn = 0; turn < 40 && lost === 0; turn++) {
    await vi.advanceTimersByTimeAsync(0);
    lost = await cancelScheduled(d, "jobs:next");
  }
  expect(lost).toBe(1);
  expect(done).toEqual([1]);
  await d.inComponent((ctx) => ctx.runMutation(internal.engine.look, {}));
  await d.pass(15 * MINUTE);
  await d.inComponent((ctx) => ctx.runMutation(internal.engine.look, {}));
  await d.pass(MINUTE);
  expect(done).toEqual([1, 2]);
});

test("what a late attempt returns does not land, its guarded writes are undone, its progress stops it", async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const zombie: unknown[] = [];
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      timeoutMs: 5_000,
      retry: { attempts: 2, baseMs: 10 },
      handler: async (ctx, run) => {
        if (run.attempt === 2) return { cursor: "second" };
        await gate;
        for (const late of [
          () => apply(ctx, run.claim, "zombie"),
          () => run.progress({ late: 1 }),
        ]) {
          zombie.push(await late().catch((error: unknown) => error));
        }
        return { cursor: "zombie", counts: { late: 1 } };
      },
    }),
  }));
  await d.call("sync");
  await d.passBy(10_000);
  release();
  await d.late();
  for (let turn = 0; turn < 20 && zombie.length < 2; turn++) {
    await d.status("sync");
  }
  expect(zombie).toMatchObject([
    { data: { code: "CONFLICT" } },
    { data: { code: "CONFLICT" } },
  ]);
  const [run] = await d.runs();
  const claim = { runId: run!.runId, attempt: 1 };
  const task = {
    handle: "",
    args: {},
    attempts: 1,
    baseMs: 1,
    capMs: 1,
    timeoutMs: 1,
    queue: false,
    reaction: {},
  };
  const { complete } = components.docs.jobs;
  const ending = { claim, task, status: "success", cursor: "zombie" } as const;
  expect(await d.t.mutation((ctx) => ctx.runMutation(complete, ending))).toBe(
    false,
  );
  expect(await d.effects()).toEqual([]);
  expect(await d.status("sync")).toMatchObject({
    cursor: "second",
    run: { counts: {}, attempt: 2 },
  });
});

test("an attempt that still counts passes the guard", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      handler: async (ctx, run) => await apply(ctx, run.claim, "applied"),
    }),
  }));
  await d.call("sync");
  await d.late();
  expect(await d.effects()).toEqual(["applied"]);
});

/** Cancels what is scheduled the way a hand in the dashboard does, which leaves as little trace as a death. */
async function cancelScheduled(
  d: ReturnType<typeof deploy>,
  name: string,
): Promise<number> {
  return await d.inComponent(async (ctx) => {
    let count = 0;
    const all = await ctx.db.system.query("_scheduled_functions").take(100);
    for (const one of all) {
      if (one.name === name && one.state.kind === "pending") {
        await ctx.scheduler.cancel(one._id);
        count += 1;
      }
    }
    return count;
  });
}

test.each(["before the call", "during the run"])(
  "an onFailure that a deploy took away %s costs the alert and not the job",
  async (when) => {
    const d = deploy((jobs) => ({
      sync: jobs.action("sync", {
        retry: { attempts: 1 },
        onFailure: "ops:alert",
        handler: async () => {
          undeploy("ops:alert");
          throw new Error("Not today.");
        },
      }),
    }));
    if (when === "before the call") undeploy("ops:alert");
    await d.call("sync");
    await d.late();
    expect(await d.runs()).toMatchObject([{ status: "failed" }]);
    expect(console.error).toHaveBeenCalledWith(
      'The onFailure of the job "sync" is not deployed.',
    );
    expect(host.alerts).toEqual([]);
  },
);

test("an alert that could not be sent is sent after the next failure", async () => {
  const d = deploy((jobs) => ({
    sync: jobs.action("sync", {
      retry: { attempts: 1 },
      onFailure: "ops:alert",
      handler: async () => {
        throw new Error("Not today.");
      },
    }),
  }));
  undeploy("ops:alert");
  await d.call("sync");
  await d.late();
  vi.unstubAllGlobals();
  await d.call("sync");
  await d.late();
  expect(host.alerts).toMatchObject([{ kind: "failing", failures: 2 }]);
});
