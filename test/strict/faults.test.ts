/** What a deployment suffers on command. */
import { actionGeneric, mutationGeneric } from "convex/server";
import { expect, test } from "vitest";
import {
  action,
  deploy,
  freshEachTest,
  insert,
  log,
  mutation,
  type ActionCtx,
  type Ctx,
} from "./support.js";

freshEachTest();

test("a mutation that conflicts runs again, and commits once", async () => {
  const { t, deployment, rows } = deploy({ insert });
  deployment.conflict("a:insert", 2);
  await t.mutation(mutation("a:insert"));
  expect([log.length, await rows()]).toEqual([3, 1]);
});

test("a client's mutation that conflicts five times is an error", async () => {
  const { t, deployment, rows } = deploy({ insert });
  deployment.conflict("a:insert", 9);
  await expect(t.mutation(mutation("a:insert"))).rejects.toThrow(
    "changed while this mutation",
  );
  expect([log.length, await rows()]).toEqual([5, 0]);
});

test("a scheduled mutation that conflicts is tried again without end", async () => {
  const { t, deployment, drain, rows } = deploy({ insert });
  await t.run((ctx) => ctx.scheduler.runAfter(0, mutation("a:insert"), {}));
  deployment.conflict("a:insert", 9);
  await drain();
  expect([log.length, await rows()]).toEqual([10, 1]);
});

test("a call that times out ends its whole transaction, and no caller can catch it", async () => {
  const outer = mutationGeneric({
    handler: async (ctx: Ctx) => {
      await ctx.db.insert("rows", { n: 0 });
      try {
        await ctx.runMutation(mutation("a:insert"));
      } catch {
        log.push("caught");
      } finally {
        log.push("finally");
      }
    },
  });
  const { t, deployment, rows } = deploy({ insert, outer });
  deployment.timeout("a:insert");
  await expect(t.mutation(mutation("a:outer"))).rejects.toThrow("timed out");
  expect([log, await rows()]).toEqual([["insert"], 0]);
  await t.mutation(mutation("a:outer"));
  expect(await rows()).toBe(2);
});

test.each([
  ["before", ["insert"], 1],
  ["after", ["insert", "insert"], 2],
] as const)(
  "an action that dies %s a step does nothing more",
  async (when, said, count) => {
    const act = actionGeneric({
      handler: async (ctx: ActionCtx) => {
        await ctx.runMutation(mutation("a:insert"));
        await ctx
          .runMutation(mutation("a:insert"))
          .finally(() => log.push("went on"));
      },
    });
    const { t, deployment, rows } = deploy({ insert, act });
    deployment.kill("a:act", 2, when);
    await expect(t.action(action("a:act"))).rejects.toThrow("died");
    expect([log, await rows()]).toEqual([said, count]);
  },
);

test("cancel all cancels what the app and its components have scheduled", async () => {
  const { t, deployment, drain, rows } = deploy({ insert });
  await t.run((ctx) => ctx.scheduler.runAfter(0, mutation("a:insert"), {}));
  await t.run((ctx) => ctx.scheduler.runAfter(9, mutation("a:insert"), {}));
  expect(await deployment.cancelAllScheduled()).toBe(2);
  await drain();
  expect(await rows()).toBe(0);
});

test("a fresh context is asked for before each action", async () => {
  let fresh = 0;
  const act = actionGeneric({ handler: () => Promise.resolve(fresh) });
  const { t, deployment } = deploy({ act });
  deployment.freshContext(() => void (fresh += 1));
  expect(await t.action(action("a:act"))).toBe(1);
  expect(await t.action(action("a:act"))).toBe(2);
});
