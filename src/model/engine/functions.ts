/**
 * The functions of the host's that background work runs, by name. Rows of work keep the name; the handle, which belongs to one
 * deployment, is in `hostFunctions`. The host declares it with each call that leads to work, so a deployment with the data of
 * another heals at the first call.
 *
 * @module
 */
import { internal } from "../../component/_generated/api.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { HostFunction } from "../../shared/functions.js";

/**
 * Remembers the handle of a function. Costs one index range when it is known. A handle that differs wakes what is blocked on the
 * function, in a transaction of its own.
 *
 * @returns the name, which the row of the work keeps
 */
export async function declare(
  ctx: MutationCtx,
  { name, handle }: HostFunction,
): Promise<string> {
  const known = await find(ctx, name);
  if (known?.handle === handle) return name;
  if (known) await ctx.db.patch("hostFunctions", known._id, { handle });
  else await ctx.db.insert("hostFunctions", { name, handle });
  await ctx.scheduler.runAfter(0, internal.engine.wake, { name });
  return name;
}

/**
 * The handle of a function; `null` for one that was never declared. The routes of webhooks, and rows of before there were names,
 * have a handle in place of the name, which is its own.
 */
export async function handleOf(
  ctx: QueryCtx,
  name: string,
): Promise<string | null> {
  if (name.startsWith(HANDLE)) return name;
  return (await find(ctx, name))?.handle ?? null;
}

/** The name of a job's function: that of the job, which stays when its function is renamed. */
export function jobFunction(job: string): string {
  return `job:${job}`;
}

/** The name of the `onFailure` of a job. */
export function alertFunction(job: string): string {
  return `onFailure:${job}`;
}

/** What Convex's handles begin with, and no path does. Source: convex-backend, `value/src/../function_handles.rs`. */
const HANDLE = "function://";

async function find(ctx: QueryCtx, name: string) {
  return await ctx.db
    .query("hostFunctions")
    .withIndex("name", (q) => q.eq("name", name))
    .first();
}
