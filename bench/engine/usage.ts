/**
 * What Convex bills and limits, in its own units.
 */
import type { GenericDataModel, GenericQueryCtx } from "convex/server";

/** What one transaction or a part of it used. */
export type Usage = {
  indexRanges: number;
  documentsRead: number;
  documentsWritten: number;
  bytesRead: number;
  bytesWritten: number;
  /** Calls into a component: each is a function call of its own to Convex. */
  calls: number;
};

type Metered = Pick<GenericQueryCtx<GenericDataModel>, "meta">;
type Call = (...args: never[]) => unknown;
/** What a query's and a mutation's `ctx` have in common. */
type Caller = { runQuery: Call; runMutation?: Call };

/** Runs part of a transaction, and says what that part used. */
export async function measure<Ctx extends Metered & Caller>(
  ctx: Ctx,
  run: (ctx: Ctx) => Promise<unknown>,
): Promise<Usage> {
  let calls = 0;
  const counted =
    (call: Call): Call =>
    (...args) => {
      calls += 1;
      return call(...args);
    };
  const before = await read(ctx);
  await run({
    ...ctx,
    runQuery: counted(ctx.runQuery),
    // A query's `ctx` has none, and must not seem to.
    ...(ctx.runMutation && { runMutation: counted(ctx.runMutation) }),
  });
  const after = await read(ctx);
  const used = (metric: keyof typeof after) => after[metric] - before[metric];
  return {
    indexRanges: used("indexRanges"),
    documentsRead: used("documentsRead"),
    documentsWritten: used("documentsWritten"),
    bytesRead: used("bytesRead"),
    bytesWritten: used("bytesWritten"),
    calls,
  };
}

async function read(ctx: Metered): Promise<Omit<Usage, "calls">> {
  const metrics = await ctx.meta.getTransactionMetrics();
  return {
    indexRanges: metrics.databaseQueries.used,
    documentsRead: metrics.documentsRead.used,
    documentsWritten: metrics.documentsWritten.used,
    bytesRead: metrics.bytesRead.used,
    bytesWritten: metrics.bytesWritten.used,
  };
}
