/** What a transaction uses, and is refused: reads, scheduled functions, depth. */
import {
  actionGeneric,
  internalMutationGeneric,
  mutationGeneric,
} from "convex/server";
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

test("reads are distinct ranges, and each patch of a row that was not read by its id is one", async () => {
  const patches = mutationGeneric({
    handler: async (ctx: Ctx) => {
      for (const { _id } of await ctx.db.query("rows").take(20)) {
        await ctx.db.patch(_id, { n: 2 });
        await ctx.db.patch(_id, { n: 3 });
      }
    },
  });
  const { t, deployment } = deploy({ patches });
  await t.run(async (ctx) => {
    for (let n = 0; n < 10; n += 1) await ctx.db.insert("rows", { n });
  });
  await t.mutation(mutation("a:patches"));
  expect(deployment.transactions.at(-1)).toMatchObject({
    path: "a:patches",
    ranges: 11,
    asked: { query: 1, shallowMerge: 20 },
  });
});

test("a patch of a row that was read by its id costs no range more", async () => {
  const patch = mutationGeneric({
    handler: async (ctx: Ctx) => {
      const id = await ctx.db.insert("rows", { n: 1 });
      await ctx.db.get(id);
      await ctx.db.patch(id, { n: 2 });
      await ctx.db.delete(id);
      return (await ctx.meta.getTransactionMetrics()).databaseQueries.used;
    },
  });
  const { t } = deploy({ patch });
  expect(await t.mutation(mutation("a:patch"))).toBe(1);
});

/** Reads too much in a nested call, and goes on. */
const greedy = {
  greedy: internalMutationGeneric({
    handler: async (ctx: Ctx) => {
      for (let at = 0; at < 5_000; at += 1) {
        await ctx.db
          .query("rows")
          .withIndex("by_creation_time", (q) => q.gt("_creationTime", at))
          .first();
      }
    },
  }),
  caught: mutationGeneric({
    handler: async (ctx: Ctx) => {
      await ctx.runMutation(mutation("a:greedy")).catch(() => undefined);
      await ctx.db.query("rows").first();
    },
  }),
};

test("reads of a rolled-back call stay counted: past the limit every further read is refused", async () => {
  const { t } = deploy(greedy);
  await expect(t.mutation(mutation("a:caught"))).rejects.toThrow(
    "Too many index ranges read in a single function execution (limit: 4096).",
  );
});

test("a nested call's own limit counts from where its caller is, and leaves its caller the rest", async () => {
  const limited = mutationGeneric({
    handler: async (ctx: Ctx) => {
      await ctx.db.query("rows").first();
      const transactionLimits = { databaseQueries: 10 };
      await ctx
        .runMutation(mutation("a:greedy"), {}, { transactionLimits })
        .catch((error: unknown) => log.push(String(error)));
      await ctx.db.query("rows").order("desc").take(2);
      return (await ctx.meta.getTransactionMetrics()).databaseQueries;
    },
  });
  const { t } = deploy({ ...greedy, limited });
  const { used, remaining } = (await t.mutation(mutation("a:limited"))) as {
    used: number;
    remaining: number;
  };
  expect(log[0]).toContain("limit: 11");
  expect([used, remaining]).toEqual([12, 4_084]);
});

/** Schedules 600 functions in a nested call that throws, twice. */
const many = {
  insert,
  many: internalMutationGeneric({
    handler: async (ctx: Ctx) => {
      for (let n = 0; n < 600; n += 1) {
        await ctx.scheduler.runAfter(0, mutation("a:insert"), {});
      }
      throw new Error("no");
    },
  }),
  twice: mutationGeneric({
    handler: async (ctx: Ctx) => {
      for (let n = 0; n < 2; n += 1) {
        await ctx
          .runMutation(mutation("a:many"))
          .catch((error: unknown) => log.push(String(error)));
      }
      return (await ctx.meta.getTransactionMetrics()).functionsScheduled.used;
    },
  }),
};

test("what a rolled-back call scheduled stays counted", async () => {
  const { t } = deploy(many);
  expect(await t.mutation(mutation("a:twice"))).toBe(1_000);
  expect(log[1]).toContain("Scheduled too many functions");
});

test("with the rules off, convex-test counts", async () => {
  const { t } = deploy(many, { reads: false, scheduled: false });
  expect(await t.mutation(mutation("a:twice"))).toBe(0);
});

const deeper = mutationGeneric({
  handler: async (ctx: Ctx, { n }: { n: number }) => {
    if (n > 0) await ctx.runMutation(mutation("a:deeper"), { n: n - 1 });
  },
});

test("calls go eight deep", async () => {
  const { t, deployment } = deploy({ deeper });
  await t.mutation(mutation("a:deeper"), { n: 8 });
  expect(deployment.largest("depth")).toMatchObject({ depth: 8, nested: 8 });
  await expect(t.mutation(mutation("a:deeper"), { n: 9 })).rejects.toThrow(
    "depth limit",
  );
});

test("with the rule off, calls go deeper", async () => {
  const { t } = deploy({ deeper }, { depth: false });
  await t.mutation(mutation("a:deeper"), { n: 9 });
});

test("a transaction says who called it, and how many calls it made", async () => {
  const { t, deployment } = deploy({
    insert,
    act: actionGeneric({
      handler: async (ctx: ActionCtx) => {
        await ctx.runMutation(mutation("a:outer"));
      },
    }),
    outer: mutationGeneric({
      handler: async (ctx: Ctx) => {
        for (let n = 0; n < 3; n += 1) {
          await ctx.runMutation(mutation("a:insert"));
        }
      },
    }),
  });
  await t.action(action("a:act"));
  expect(deployment.transactions).toMatchObject([
    { path: "a:outer", caller: "action", nested: 3 },
  ]);
});
