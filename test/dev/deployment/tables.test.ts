/**
 * The indexed tables of the bench against convex-test's own: the same answers at the same cost, whatever is written.
 */
import { convexTest } from "convex-test";
import { defineSchema, defineTable } from "convex/server";
import { v, type GenericId } from "convex/values";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexTables } from "../../../dev/deployment/core/tables.js";

const schema = defineSchema({
  notes: defineTable({
    owner: v.string(),
    at: v.number(),
    tag: v.optional(v.string()),
  })
    .index("owner", ["owner", "at"])
    .index("tag", ["tag", "owner"]),
  others: defineTable({ owner: v.string(), at: v.number() }).index("owner", [
    "owner",
    "at",
  ]),
});

type Id = GenericId<"notes">;
type Note = { owner: string; at: number; tag?: string };
type Step =
  | { do: "insert"; note: Note }
  | { do: "patch"; pick: number; change: Partial<Note> }
  | { do: "delete"; pick: number };
type Look = {
  owner: string;
  from: number | null;
  to: number | null;
  open: boolean;
  order: "asc" | "desc";
  limit: number | null;
};

const owner = fc.constantFrom("ada", "bob");
const time = fc.integer({ min: 0, max: 6 });
const note = fc.record(
  { owner, at: time, tag: fc.constantFrom("x", "y") },
  { requiredKeys: ["owner", "at"] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("insert" as const), note }),
  fc.record({
    do: fc.constant("patch" as const),
    pick: fc.nat(20),
    change: fc.record({ owner, at: time }, { requiredKeys: [] }),
  }),
  fc.record({ do: fc.constant("delete" as const), pick: fc.nat(20) }),
);
const look: fc.Arbitrary<Look> = fc.record({
  owner,
  from: fc.option(time),
  to: fc.option(time),
  open: fc.boolean(),
  order: fc.constantFrom("asc", "desc"),
  limit: fc.option(fc.integer({ min: 1, max: 4 })),
});
/** One transaction: what it writes, what it looks at after that, and whether it fails. */
const transaction = fc.record({
  steps: fc.array(step, { maxLength: 5 }),
  looks: fc.array(look, { maxLength: 3 }),
  fails: fc.boolean(),
});

function deploy() {
  return convexTest({
    schema,
    modules: { "./convex/_generated/none.js": () => Promise.resolve({}) },
    transactionLimits: true,
  });
}
type App = ReturnType<typeof deploy>;
type Transaction = {
  steps: Step[];
  looks: Look[];
  fails: boolean;
};

/** Runs the transactions, and answers what each saw and what each used. */
async function run(t: App, transactions: Transaction[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const one of transactions) {
    await t
      .mutation(async (ctx) => {
        const db = ctx.db;
        for (const step of one.steps) {
          const ids: Id[] = (await db.query("notes").collect()).map(
            ({ _id }) => _id,
          );
          if (step.do === "insert") {
            await db.insert("notes", step.note);
            await db.insert("others", { owner: step.note.owner, at: 0 });
            continue;
          }
          const id = ids[step.pick % Math.max(1, ids.length)];
          if (id === undefined) continue;
          if (step.do === "patch") await db.patch("notes", id, step.change);
          else await db.delete("notes", id);
        }
        for (const look of one.looks) {
          const range = db
            .query("notes")
            .withIndex("owner", (q) => {
              const prefix = q.eq("owner", look.owner);
              if (look.from === null) {
                return look.to === null ? prefix : prefix.lte("at", look.to);
              }
              const lower = look.open
                ? prefix.gt("at", look.from)
                : prefix.gte("at", look.from);
              return look.to === null ? lower : lower.lt("at", look.to);
            })
            .order(look.order);
          const found =
            look.limit === null
              ? await range.collect()
              : await range.take(look.limit);
          const untagged = await db
            .query("notes")
            .withIndex("tag", (q) => q.eq("tag", undefined))
            .first();
          const oldest = await db.query("notes").first();
          const younger = await db
            .query("notes")
            .withIndex("by_creation_time", (q) =>
              q.gt("_creationTime", oldest?._creationTime ?? 0),
            )
            .order(look.order)
            .take(look.limit ?? 2);
          seen.push(
            younger.map(({ _id }) => _id),
            found.map(({ owner, at, tag }) => [owner, at, tag]),
            found.map(({ _id }) => _id),
            untagged?._id,
          );
        }
        const { databaseQueries, documentsRead, bytesRead } =
          await ctx.meta.getTransactionMetrics();
        seen.push([databaseQueries.used, documentsRead.used, bytesRead.used]);
        if (one.fails) throw new Error("undone");
        return null;
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== "undone")
          throw error;
      });
  }
  return seen;
}

describe("indexed tables", () => {
  test("answer as convex-test's own do, and count the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(transaction, { minLength: 1, maxLength: 6 }),
        async (transactions) => {
          const indexed = deploy();
          indexTables(indexed, "");
          expect(await run(indexed, transactions)).toEqual(
            await run(deploy(), transactions),
          );
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  test("read no further than they are asked to", async () => {
    const t = deploy();
    indexTables(t, "");
    await t.run(async (ctx) => {
      for (let at = 0; at < 50; at += 1) {
        await ctx.db.insert("notes", { owner: "ada", at });
      }
    });
    const read = await t.query(async (ctx) => {
      let seen = 0;
      const notes = ctx.db
        .query("notes")
        .withIndex("owner", (q) => q.eq("owner", "ada"));
      for await (const _ of notes) if (++seen === 3) break;
      return (await ctx.meta.getTransactionMetrics()).documentsRead.used;
    });
    expect(read).toBe(3);
  });

  test("refuse a convex-test they do not know", () => {
    expect(() => indexTables(deploy(), "not mounted")).toThrow(
      /convex-test has changed inside/,
    );
  });
});
