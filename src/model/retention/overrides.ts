/**
 * Overrides: owners whose documents are kept for longer or shorter than the policies say.
 *
 * @module
 */
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { nameRefusal } from "../../shared/access.js";
import { ID, vStatus, type Status } from "../../shared/documents.js";
import { fail, invalidAt } from "../../shared/failures.js";
import { ageProblem, type Override } from "../../shared/retention.js";

type StoredOverride = Doc<"retentionOverrides">;

export async function findOverride(
  ctx: QueryCtx,
  status: Status,
  ownerId: string,
): Promise<StoredOverride | null> {
  return await ctx.db
    .query("retentionOverrides")
    .withIndex("status", (q) => q.eq("status", status).eq("ownerId", ownerId))
    .unique();
}

/** The override of the next owner that has one for this status. */
export async function overrideAfter(
  ctx: QueryCtx,
  status: Status,
  ownerId: string,
): Promise<StoredOverride | null> {
  return await ctx.db
    .query("retentionOverrides")
    .withIndex("status", (q) => q.eq("status", status).gt("ownerId", ownerId))
    .first();
}

/**
 * Tells whether an owner has an override, within one transaction. Reads once per status and, only if the status has any
 * override, once per owner.
 */
export function overrideLookup(
  ctx: QueryCtx,
): (status: Status, ownerId: string) => Promise<boolean> {
  const answers = new Map<string, Promise<boolean>>();
  const once = (key: string, find: () => Promise<StoredOverride | null>) => {
    const answer =
      answers.get(key) ?? find().then((override) => override !== null);
    answers.set(key, answer);
    return answer;
  };
  return async (status, ownerId) =>
    (await once(status, () => overrideAfter(ctx, status, ""))) &&
    (await once(`${status} ${ownerId}`, () =>
      findOverride(ctx, status, ownerId),
    ));
}

/**
 * Sets an owner's override in ms; `null`: for ever; `undefined`: deletes it.
 *
 * @throws VALIDATION_FAILED
 */
export async function setOverride(
  ctx: MutationCtx,
  ownerId: string,
  status: Status,
  olderThanMs: number | null | undefined,
): Promise<void> {
  const refusal = nameRefusal("ownerId", ownerId, ID.maxUser);
  if (refusal) throw fail(refusal);
  const problem = olderThanMs == null ? null : ageProblem(olderThanMs, true);
  if (problem) throw fail(invalidAt("olderThan", problem));
  const existing = await findOverride(ctx, status, ownerId);
  if (olderThanMs === undefined) {
    if (existing) await ctx.db.delete("retentionOverrides", existing._id);
    return;
  }
  const row = {
    ownerId,
    status,
    ...(olderThanMs === null ? {} : { olderThanMs }),
  };
  if (existing) await ctx.db.replace("retentionOverrides", existing._id, row);
  else await ctx.db.insert("retentionOverrides", row);
}

/** Deletes the overrides of one owner. Returns how many there were. */
export async function clearOverrides(
  ctx: MutationCtx,
  ownerId: string,
): Promise<number> {
  const overrides = await overridesOf(ctx, ownerId);
  for (const { status } of overrides) {
    await setOverride(ctx, ownerId, status, undefined);
  }
  return overrides.length;
}

/** The overrides of one owner. */
export async function overridesOf(
  ctx: QueryCtx,
  ownerId: string,
): Promise<Override[]> {
  const found = await Promise.all(
    vStatus.members.map(({ value }) => findOverride(ctx, value, ownerId)),
  );
  return found
    .filter((override) => override !== null)
    .map(({ status, olderThanMs = null }) => ({ status, olderThanMs }));
}
