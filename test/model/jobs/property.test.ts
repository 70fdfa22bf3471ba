/**
 * The claims of a job against a small model: any order of beginnings, advances, ends, cancels, pauses and time, by actors
 * some of whom have been given up.
 */
import {
  createFunctionHandle,
  internalActionGeneric,
  makeFunctionReference,
} from "convex/server";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MutationCtx } from "../../../src/component/_generated/server.js";
import {
  failAttempt,
  scheduleAttempt,
} from "../../../src/model/jobs/attempt.js";
import { findJob, setJobPaused } from "../../../src/model/jobs/job.js";
import { jobStatus, listRuns } from "../../../src/model/jobs/queries.js";
import {
  advanceRun,
  beginRun,
  cancelRun,
  finishRun,
  type LeaseToken,
} from "../../../src/model/jobs/run.js";
import { failure } from "../../../src/shared/failures.js";
import { JOB_TIMEOUT, type JobCall } from "../../../src/shared/jobs.js";
import { inComponent } from "../../support/component.js";
import { deploy } from "../../support/host.js";

const LEASE = 1_000;
const BREAKER = { after: 2, forMs: 5_000 };
const work: Omit<JobCall, "handle"> = {
  args: {},
  attempts: 2,
  baseMs: 10,
  capMs: 10,
  timeoutMs: 1_000,
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

/** What an actor does: `by` picks one of the claims handed out so far, the newest first. */
type Act = { does: "advance" | "succeed" | "fail" | "retry"; by: number };
type Step =
  | Act
  | { does: "begin" }
  | { does: "cancel" | "pause" | "resume" }
  | { does: "wait"; ms: number };
const by = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ does: "begin" } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom("advance", "succeed", "fail", "retry"),
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
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("wait" as const),
      ms: fc.constantFrom(1, LEASE - 1, LEASE, BREAKER.forMs, 200_000),
    }),
  },
);

class Model {
  /** The run that is under way, as its claim. */
  live: { id: number; attempt: number; leaseUntil: number } | null = null;
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
  begins(): string | number {
    if (this.live && Date.now() < this.live.leaseUntil) return "overlap";
    if (this.live) this.end("lost");
    if (this.paused) return "paused";
    if (Date.now() < this.openUntil) return "breaker";
    const id = this.count++;
    this.live = { id, attempt: 1, leaseUntil: Date.now() + LEASE };
    return id;
  }
}

test("whatever happens in whatever order: one run at most is alive, and only its claim changes anything", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      async (steps) => {
        const { t, task } = await deployWork();
        const model = new Model();
        const claims: { claim: LeaseToken; id: number }[] = [];
        let value = 0;
        await inComponent(t, async (ctx) => {
          for (const one of steps) {
            await take(ctx, one, task, model, claims, ++value);
            await compare(ctx, model);
          }
        });
      },
    ),
    { numRuns: 60 },
  );
});

async function take(
  ctx: MutationCtx,
  one: Step,
  task: JobCall,
  model: Model,
  claims: { claim: LeaseToken; id: number }[],
  value: number,
): Promise<void> {
  if (one.does === "wait") {
    vi.setSystemTime(Date.now() + one.ms);
  } else if (one.does === "begin") {
    const expected = model.begins();
    const reaction = { breaker: BREAKER };
    const begun = await beginRun(ctx, { name: "j", leaseMs: LEASE, reaction });
    if (typeof expected === "string") {
      expect(begun).toEqual({ skipped: expected });
    } else if ("claim" in begun) {
      claims.push({ claim: begun.claim, id: expected });
      expect(begun.cursor).toBe(model.cursor);
    } else expect.fail(`Skipped: ${begun.skipped}.`);
  } else if (one.does === "cancel") {
    expect(await cancelRun(ctx, "j")).toBe(model.live !== null);
    if (model.live) model.end("canceled");
  } else if (one.does === "pause" || one.does === "resume") {
    model.paused = one.does === "pause";
    await setJobPaused(ctx, "j", model.paused);
  } else if ("by" in one) await act(ctx, one, task, model, claims, value);
}

/** What an actor does with its claim. */
async function act(
  ctx: MutationCtx,
  { does, by: which }: Act,
  task: JobCall,
  model: Model,
  claims: { claim: LeaseToken; id: number }[],
  value: number,
): Promise<void> {
  const actor = claims.at(-1 - which);
  if (!actor) return;
  const { claim, id } = actor;
  const { live } = model;
  const counts = live?.id === id && live.attempt === claim.attempt;
  if (does === "advance") {
    const landed = await advanceRun(ctx, claim, {
      counts: { value },
      leaseMs: LEASE,
    });
    expect(landed).toBe(counts);
    if (counts) live.leaseUntil = Date.now() + LEASE;
  } else if (does === "succeed") {
    const ending = { status: "success", cursor: value } as const;
    expect(await finishRun(ctx, claim, ending)).toBe(counts);
    if (counts) {
      model.cursor = value;
      model.end("success");
    }
  } else if (does === "fail") {
    const { reaction } = task;
    const ending = { status: "failed", reaction } as const;
    expect(await finishRun(ctx, claim, ending)).toBe(counts);
    if (counts) model.end("failed");
  } else {
    const error = failure("INTERNAL", {});
    const what = { error, transient: true };
    expect(await failAttempt(ctx, claim, task, what)).toBe(counts);
    if (!counts) return;
    if (claim.attempt === task.attempts) {
      model.end("failed");
      return;
    }
    claims.push({ claim: { ...claim, attempt: claim.attempt + 1 }, id });
    model.live = {
      id,
      attempt: claim.attempt + 1,
      leaseUntil:
        Date.now() +
        5 +
        task.timeoutMs +
        JOB_TIMEOUT.graceMs +
        JOB_TIMEOUT.leaseSlackMs,
    };
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
    model.live ? [model.live.attempt] : [],
  );
  if (model.live) {
    const status = await jobStatus(ctx, "j");
    expect(status?.run?.runId).toBe(alive[0]?.runId);
  }
}

test("the model is not trivially satisfied: an attempt that is armed twice would be found", async () => {
  const { t, task } = await deployWork();
  await inComponent(t, async (ctx) => {
    const begun = await beginRun(ctx, { name: "j", leaseMs: LEASE });
    if (!("claim" in begun)) throw new Error("It was skipped.");
    await scheduleAttempt(ctx, { ...begun.claim, attempt: 2 }, task);
    expect(await finishRun(ctx, begun.claim, { status: "success" })).toBe(
      false,
    );
  });
});
