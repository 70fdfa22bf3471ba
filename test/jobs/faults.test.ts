import { v } from "convex/values";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  apply,
  deploy,
  freshHost,
  NOON,
  restore,
  type Step,
} from "../support/jobs.js";

beforeEach(freshHost);
afterEach(restore);

const retry = { attempts: 20, baseMs: 10, capMs: 10 };

/** Work by key, once by a mutation and once by an action whose mutation asks the guard. */
const worker = (dies: (step: Step) => boolean, fails = () => false) =>
  deploy(
    (jobs) => ({
      write: jobs.mutation("write", {
        args: { id: v.string() },
        key: ({ id }) => id,
        retry,
        handler: async (ctx, _run, { id }) => {
          await ctx.db.insert("effects", { note: `write ${id}` });
        },
      }),
      call: jobs.action("call", {
        args: { id: v.string() },
        key: ({ id }) => id,
        timeoutMs: 1_000,
        retry,
        handler: async (ctx, run, { id }) => {
          await run.progress({ begun: 1 });
          await apply(ctx, run.claim, id);
          if (fails()) throw new Error("Not today.");
        },
      }),
    }),
    { dies },
  );

test.each(["enter", "complete", "fail"] as const)(
  "a mutation killed in %s: its effects and its end are there together, once",
  async (step) => {
    // Without a handler that fails there would be nothing to die in.
    let deaths = 2;
    const d = worker((at) => {
      if (step === "fail" && at === "complete") return deaths > 0;
      return at === step && deaths-- > 0;
    });
    await d.call("write", { id: "a" }, "mutation");
    await d.late();
    expect(deaths).toBeLessThanOrEqual(0);
    expect(await d.effects()).toEqual(["write a"]);
    expect(await d.runs()).toMatchObject([{ status: "success" }]);
  },
);

test("killed as it starts: nothing of it is there, and the next call starts it", async () => {
  let deaths = 1;
  const d = worker((at) => at === "start" && deaths-- > 0);
  await expect(d.call("write", { id: "a" }, "mutation")).rejects.toThrow();
  await expect(d.runs()).resolves.toEqual([]);
  await d.call("write", { id: "a" }, "mutation");
  await d.late();
  expect(await d.effects()).toEqual(["write a"]);
});

test.each(["enter", "progress", "complete", "fail"] as const)(
  "an action killed in %s is made again to its end, whether or not it was at work already",
  async (step) => {
    let deaths = 2;
    const d = worker(
      (at) => at === step && deaths-- > 0,
      () => step === "fail" && deaths > 0,
    );
    await d.call("call", { id: "a" });
    await d.late();
    const effects = await d.effects();
    expect(new Set(effects)).toEqual(new Set(["a"]));
    // At least once: an end that dies in the scheduler too costs one more attempt.
    const isBefore = step === "enter" || step === "progress";
    expect(effects.length).toBe(isBefore ? 1 : 2);
    const [run] = await d.runs();
    const attempt = isBefore ? 3 : 2;
    expect(run).toMatchObject({ status: "success", attempt });
    expect(await d.runs()).toHaveLength(1);
  },
);

test("whatever dies wherever: every key is done in the end, a mutation's once, and nothing runs for ever", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 60 }),
      async (draws) => {
        vi.setSystemTime(NOON);
        let at = 0;
        // Some of it dies for a while, then nothing.
        const d = worker(() => (draws[at++] ?? 9) < 3);
        const ids = ["a", "b", "c"];
        for (let round = 0; round < 4; round++) {
          for (const id of ids) {
            await d.call("write", { id }, "mutation").catch(() => undefined);
            await d.call("call", { id }).catch(() => undefined);
          }
          await d.late();
        }
        // A death in `start` may have been the last word on a key. Now nothing dies any more.
        at = draws.length;
        for (const id of ids) {
          await d.call("write", { id }, "mutation");
          await d.call("call", { id });
        }
        await d.late();
        for (const id of ids) {
          for (const job of ["write", "call"]) {
            const status = await d.status(job, id);
            expect(status?.run?.status).toBe("success");
          }
        }
        const all = await d.runs();
        expect(all.filter(({ status }) => status === "running")).toEqual([]);
        const done = await d.effects();
        for (const id of ids) {
          const times = (note: string) =>
            done.filter((one) => one === note).length;
          expect(times(`write ${id}`)).toBe(1);
          expect(times(id)).toBeGreaterThanOrEqual(1);
        }
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);
