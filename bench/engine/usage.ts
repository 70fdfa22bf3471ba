/**
 * What Convex bills and limits, in its own units.
 */
import type { GenericDataModel, GenericQueryCtx } from "convex/server";
import { currentFrame } from "../../dev/strict/frame.js";

/** What one transaction or a part of it used. */
export type Usage = {
  /** As convex-test counts them: a `get` or a query each. */
  indexRanges: number;
  /** As a deployment counts them: distinct ranges, and one for the row of each write that was not read by its id before. */
  deploymentRanges: number;
  documentsRead: number;
  documentsWritten: number;
  bytesRead: number;
  bytesWritten: number;
  /** Calls into a component: each is a function call of its own to Convex. */
  calls: number;
};

/** What each of so many documents took of it. */
export function each(used: Usage, documents: number): Usage {
  return {
    indexRanges: used.indexRanges / documents,
    deploymentRanges: used.deploymentRanges / documents,
    documentsRead: used.documentsRead / documents,
    documentsWritten: used.documentsWritten / documents,
    bytesRead: used.bytesRead / documents,
    bytesWritten: used.bytesWritten / documents,
    calls: used.calls / documents,
  };
}

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
    deploymentRanges: used("deploymentRanges"),
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
    deploymentRanges: currentFrame()?.tx?.used.ranges ?? 0,
    documentsRead: metrics.documentsRead.used,
    documentsWritten: metrics.documentsWritten.used,
    bytesRead: metrics.bytesRead.used,
    bytesWritten: metrics.bytesWritten.used,
  };
}
