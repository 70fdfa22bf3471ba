/**
 * The runs of a job against a small model: any order of calls, reports, retries, cancels, pauses and time, by attempts some of
 * which have been given up.
 */
import {
  createFunctionHandle,
  internalActionGeneric,
  makeFunctionReference,
} from "convex/server";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { internal } from "../../../src/component/_generated/api.js";
import type { Id } from "../../../src/component/_generated/dataModel.js";
import type { MutationCtx } from "../../../src/component/_generated/server.js";
import {
  completeAttempt,
  failAttempt,
  makeAttempt,
} from "../../../src/model/jobs/attempt.js";
import { findJob, setJobPaused } from "../../../src/model/jobs/job.js";
import { jobStatus, listRuns } from "../../../src/model/jobs/queries.js";
import { advanceRun, lastRun } from "../../../src/model/jobs/run.js";
import { cancelJob, startJob } from "../../../src/model/jobs/start.js";
import { failure } from "../../../src/shared/failures.js";
import { JOB_TIMEOUT, type JobCall } from "../../../src/shared/jobs.js";
import { inComponent } from "../../support/component.js";
import { deploy } from "../../support/host.js";

const TIMEOUT = 1_000;
const GRACE = JOB_TIMEOUT.graceMs;
const BREAKER = { after: 2, forMs: 5_000 };
const RUNS = Number(process.env["JOB_RUNS"] ?? 60);
const work: Omit<JobCall, "handle"> = {
  args: {},
  attempts: 3,
  baseMs: 10,
  capMs: 10,
  timeoutMs: TIMEOUT,
  queue: false,
  reaction: { breaker: BREAKER },
};

/** A host whose job's function is deployed, and never called: time stands still while timers are due. */
async function deployWork() {
  const run = internalActionGeneric({ handler: async () => null });
  const modules = { "./convex/work.ts": () => Promise.resolve({ run }) };
  const t = deploy({ modules });
  const handle = await t.mutation(() =>
    createFunctionHandle(makeFunctionReference<"action">("work:run")),
  );
  return { t, task: { ...work, handle } };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  vi.spyOn(console, "info").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** An attempt reports: `by` picks one of those that were made, the newest first. */
type Act = { does: "advance" | "succeed" | "fail" | "refuse"; by: number };
type Step =
  | Act
  | { does: "call" | "cancel" | "pause" | "resume" | "attempt" | "tick" }
  | { does: "wait"; ms: number };
const by = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom("call", "call", "attempt", "attempt", "tick"),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom("advance", "succeed", "fail", "fail", "refuse"),
      by,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom("cancel", "pause", "resume"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("wait" as const),
      ms: fc.constantFrom(1, GRACE, TIMEOUT + GRACE, BREAKER.forMs, 200_000),
    }),
  },
);

type Live = {
  id: number;
  attempt: number;
  tries: number;
  phase: "running" | "scheduled";
  wakeAt: number;
};

class Model {
  /** The run that is under way. */
  live: Live | null = null;
  paused = false;
  failures = 0;
  openUntil = 0;
  cursor: number | undefined;
  count = 0;
  /** How the runs that are over ended. */
  ends: string[] = [];

  end(status: string): void {
    this.live = null;
    this.ends.push(status);
    if (status === "success") [this.failures, this.openUntil] = [0, 0];
    if (status !== "failed" && status !== "lost") return;
    this.failures++;
    if (this.failures >= BREAKER.after) {
      this.openUntil = Date.now() + BREAKER.forMs;
    }
  }
  calls(): string | null {
    if (this.live) return "overlap";
    if (this.paused) return "paused";
    if (Date.now() < this.openUntil) return "breaker";
    const id = this.count++;
    this.live = { id, attempt: 0, tries: 0, phase: "running", wakeAt: 0 };
    this.starts(1);
    return null;
  }
  starts(attempt: number): void {
    const wakeAt = Date.now() + TIMEOUT + GRACE;
    Object.assign(this.live!, { phase: "running", attempt, wakeAt });
  }
  fails(how: "failed" | "lost", isFinal: boolean): void {
    const live = this.live!;
    live.tries += 1;
    if (isFinal || live.tries >= work.attempts) this.end(how);
    else this.arranges(5);
  }
  arranges(wait: number): void {
    const live = this.live!;
    live.attempt += 1;
    Object.assign(live, { phase: "scheduled" });
    live.wakeAt = Date.now() + wait + GRACE;
  }
}

type Made = { claim: { runId: Id<"jobRuns">; attempt: number }; id: number };

test("whatever happens in whatever order: one run at most is alive, and only its attempt changes anything", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), holdsFor),
    { numRuns: RUNS },
  );
}, 600_000);

test("an attempt that was given up reports while the next one is at work, and changes nothing", async () => {
  for (const does of ["advance", "succeed", "fail", "refuse"] as const) {
    await holdsFor([
      { does: "call" },
      { does: "wait", ms: TIMEOUT + GRACE },
      { does: "tick" },
      { does: "attempt" },
      { does, by: 1 },
      { does, by: 0 },
    ]);
  }
});

/** Takes the steps in a deployment and in the model, and compares the two after each. */
async function holdsFor(steps: Step[]): Promise<void> {
  const { t, task } = await deployWork();
  const model = new Model();
  const made: Made[] = [];
  let value = 0;
  for (const one of steps) {
    if (one.does === "wait") vi.setSystemTime(Date.now() + one.ms);
    value += 1;
    await inComponent(t, (ctx) => take(ctx, one, task, model, made, value));
    await inComponent(t, (ctx) => compare(ctx, model));
  }
}

/** The claim of the attempt that runs now. */
async function note(ctx: MutationCtx, model: Model, made: Made[]) {
  const run = await lastRun(ctx, await findJob(ctx, "j"));
  const live = model.live!;
  expect(run?.lease).toMatchObject({ phase: "running", attempt: live.attempt });
  made.push({
    claim: { runId: run!._id, attempt: live.attempt },
    id: live.id,
  });
}

async function take(
  ctx: MutationCtx,
  one: Step,
  task: JobCall,
  model: Model,
  made: Made[],
  value: number,
): Promise<void> {
  const { live } = model;
  if (one.does === "call") {
    const expected = model.calls();
    const started = await startJob(ctx, { name: "j", task });
    if (expected) expect(started).toEqual({ skipped: expected });
    else await note(ctx, model, made);
  } else if (one.does === "attempt") {
    // The scheduler's, or one that comes too late and finds another lease.
    const run = await lastRun(ctx, await findJob(ctx, "j"));
    if (!run) return;
    await makeAttempt(ctx, run._id, run.lease?.attempt ?? 1);
    await makeAttempt(ctx, run._id, (run.lease?.attempt ?? 1) - 1);
    if (live?.phase !== "scheduled") return;
    model.starts(live.attempt);
    await note(ctx, model, made);
  } else if (one.does === "tick") {
    // The tick of a lease whose time has come, or one too early.
    const lifeline = await ctx.db.query("lifeline").first();
    if (lifeline) await ctx.db.patch("lifeline", lifeline._id, { tickAt: 0 });
    await ctx.runMutation(internal.engine.tick, {});
    if (!live || live.wakeAt > Date.now()) return;
    // A retry that is still to come, in a scheduler that is late, is not lost.
    if (live.phase === "running") model.fails("lost", false);
    else live.wakeAt = Date.now() + GRACE;
  } else if (one.does === "cancel") {
    expect(await cancelJob(ctx, "j")).toBe(live !== null);
    if (live) model.end("canceled");
  } else if (one.does === "pause" || one.does === "resume") {
    model.paused = one.does === "pause";
    await setJobPaused(ctx, "j", model.paused);
  } else if ("by" in one) await act(ctx, one, model, made, value);
}

/** What an attempt reports. */
async function act(
  ctx: MutationCtx,
  { does, by: which }: Act,
  model: Model,
  made: Made[],
  value: number,
): Promise<void> {
  const actor = made.at(-1 - which);
  if (!actor) return;
  const { claim, id } = actor;
  const { live } = model;
  const counts =
    live?.id === id &&
    live.phase === "running" &&
    live.attempt === claim.attempt;
  if (does === "advance") {
    const landed = await advanceRun(ctx, claim, { counts: { value } });
    expect(landed).toBe(counts);
  } else if (does === "succeed") {
    const ending = { status: "success", cursor: value } as const;
    expect(await completeAttempt(ctx, claim, ending)).toBe(counts);
    if (!counts) return;
    model.cursor = value;
    model.end("success");
  } else {
    const error = failure("INTERNAL", {});
    const what = { error, transient: does === "fail" };
    expect(await failAttempt(ctx, claim, what)).toBe(counts);
    if (counts) model.fails("failed", does === "refuse");
  }
}

async function compare(ctx: MutationCtx, model: Model): Promise<void> {
  const job = await findJob(ctx, "j");
  expect({
    failures: job?.failures ?? 0,
    paused: job?.paused ?? false,
    openUntil: job?.openUntil ?? 0,
    cursor: job?.cursor,
  }).toEqual({
    failures: model.failures,
    paused: model.paused,
    openUntil: model.openUntil,
    cursor: model.cursor,
  });
  const { page } = await listRuns(ctx, "j", { cursor: null, numItems: 100 });
  const ended = page.filter(({ status }) => status !== "running");
  expect(ended.map(({ status }) => status).reverse()).toEqual(model.ends);
  const alive = page.filter(({ status }) => status === "running");
  expect(alive.map(({ attempt }) => attempt)).toEqual(
    model.live ? [model.live.tries + 1] : [],
  );
  if (model.live) {
    const status = await jobStatus(ctx, "j");
    expect(status?.run?.runId).toBe(alive[0]?.runId);
  }
}
