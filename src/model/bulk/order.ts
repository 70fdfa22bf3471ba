/**
 * A bulk operation as it is ordered, shown and stopped.
 *
 * @module
 */
import type { Doc, Id } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import { actorRefusal, isOfTrash, ownerToActAs } from "../../shared/access.js";
import {
  BULK,
  type BulkChange,
  type BulkOperation,
  type BulkStatus,
  type BulkTarget,
} from "../../shared/bulk.js";
import type { Actor } from "../../shared/documents.js";
import {
  batchTooLarge,
  echo,
  fail,
  invalidAt,
  notFound,
} from "../../shared/failures.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { alone } from "../../shared/principals.js";
import type { ViewRequest } from "../../shared/views.js";
import type { HostFunction } from "../../shared/functions.js";
import { declare } from "../engine/functions.js";
import { beginWork } from "../engine/timer.js";
import { idsInView } from "../views/page.js";
import { bulkKind, BULK_POLICY, finishBulk } from "./step.js";

type BulkJob = Doc<"bulkJobs">;

type BulkRequest = {
  actor: Actor;
  ownerId?: string;
  operation: BulkOperation;
  change?: BulkChange;
  target: BulkTarget;
  rules: string;
  /** The name of the host's worker. */
  worker?: string;
};

type BulkStart = Omit<BulkRequest, "worker"> & { worker?: HostFunction };

/** Starts a job. Returns its id, before its first step. */
export async function startBulk(
  ctx: MutationCtx,
  { target, worker, ...rest }: BulkStart,
): Promise<string> {
  const refused = actorRefusal(rest.actor);
  if (refused) throw fail(refused);
  const owner = targetOwner(rest, target);
  if (owner?.refusal) throw fail(owner.refusal);
  const now = Date.now();
  const request = {
    ...rest,
    actor: alone(rest.actor),
    ...omitUndefined({ ownerId: owner?.ownerId }),
    ...(worker ? { worker: await declare(ctx, worker) } : {}),
  };
  const ids =
    "ids" in target
      ? target.ids
      : "view" in target
        ? await idsOfView(ctx, request, target.view)
        : null;
  const orderId =
    "where" in target
      ? await orderWhere(ctx, request, target.where, now)
      : await ctx.db.insert("bulkOrders", request);
  const total = ids && (await orderIds(ctx, orderId, ids));
  const { actor } = request;
  const jobId = await ctx.db.insert("bulkJobs", {
    orderId,
    ...(actor.kind === "user" ? { startedBy: actor.id } : {}),
    ...(total === null ? {} : { total }),
    state: "running",
    done: 0,
    failed: 0,
    failures: [],
    cursor: null,
    startedAt: now,
  });
  // The step must not run in the millisecond of the operation's cutoff: see `nextItems`.
  await beginWork(ctx, bulkKind, jobId, BULK_POLICY, now + 1);
  return jobId;
}

/** Whose documents are meant where they are not named. What is in the trash is not listed to who is not the owner. */
function targetOwner(
  { actor, ownerId, operation }: Omit<BulkStart, "target">,
  target: BulkTarget,
) {
  if ("ids" in target) return undefined;
  const role = isOfTrash(operation) ? "owner" : "viewer";
  return ownerToActAs(actor, ownerId, role);
}

async function orderWhere(
  ctx: MutationCtx,
  request: Omit<BulkRequest, "target">,
  where: Extract<BulkTarget, { where: object }>["where"],
  now: number,
): Promise<Id<"bulkOrders">> {
  const { updatedBefore: wanted = now } = where;
  if (!Number.isFinite(wanted)) {
    throw fail(
      invalidAt("where.updatedBefore", "must be a time in ms since 1970."),
    );
  }
  const updatedBefore = Math.min(wanted, now);
  return await ctx.db.insert("bulkOrders", {
    ...request,
    where: { ...where, updatedBefore },
  });
}

/** The documents that are in a part of a view now: one that moves within it is done once. */
async function idsOfView(
  ctx: MutationCtx,
  { ownerId = "" }: Pick<BulkRequest, "ownerId">,
  view: ViewRequest,
): Promise<string[]> {
  const listing = { of: "owner", ownerId, trashed: false } as const;
  return await idsInView(ctx, listing, view, BULK.maxIds + 1);
}

/** Stores the ids, each once. Returns how many there are. */
async function orderIds(
  ctx: MutationCtx,
  orderId: Id<"bulkOrders">,
  given: string[],
): Promise<number> {
  if (given.length > BULK.maxIds) {
    throw fail(batchTooLarge("items", BULK.maxIds, given.length));
  }
  const ids = distinctIds(ctx, given);
  for (let from = 0; from < ids.length; from += BULK.idsPerRow) {
    const few = ids.slice(from, from + BULK.idsPerRow);
    await ctx.db.insert("bulkIds", { orderId, from, ids: few });
  }
  return ids.length;
}

/** The documents once each, by the first spelling that names one. A text that is too long to be an id is kept as an error repeats it. */
function distinctIds(ctx: MutationCtx, given: string[]): string[] {
  const ids = new Map<string, string>();
  for (const id of given) {
    const name = ctx.db.normalizeId("documents", id) ?? id;
    if (!ids.has(name)) ids.set(name, echo(id));
  }
  return [...ids.values()];
}

/** How far a job is; `null` for one that this actor did not start, or that has been deleted. */
export async function bulkStatus(
  ctx: QueryCtx,
  actor: Actor,
  jobId: string,
): Promise<BulkStatus | null> {
  const job = await findBulkJob(ctx, actor, jobId);
  return job && bulkStatusOf(job);
}

/** How far an operation is. */
export function bulkStatusOf(job: BulkJob): BulkStatus {
  const { state, done, failed, total, failures, startedAt, finishedAt } = job;
  return {
    jobId: job._id,
    state,
    done,
    failed,
    failures,
    startedAt,
    ...(total === undefined ? {} : { total }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

/** Stops a job before its next step. What is done stays done. */
export async function cancelBulk(
  ctx: MutationCtx,
  actor: Actor,
  jobId: string,
): Promise<void> {
  const job = await findBulkJob(ctx, actor, jobId);
  if (job === null) throw fail(notFound(jobId));
  if (job.state === "running") await endBulk(ctx, job);
}

/** Ends an operation that is under way, before its next step. */
export async function endBulk(ctx: MutationCtx, job: BulkJob): Promise<void> {
  await finishBulk(ctx, job, "cancelled");
}

/** Whether an operation acts as a user, or on the documents of one. */
export async function isOrderOf(
  ctx: QueryCtx,
  { orderId }: BulkJob,
  userId: string,
): Promise<boolean> {
  const order = await ctx.db.get("bulkOrders", orderId);
  const { actor, ownerId } = order ?? {};
  return ownerId === userId || (actor?.kind === "user" && actor.id === userId);
}

async function findBulkJob(
  ctx: QueryCtx,
  actor: Actor,
  id: string,
): Promise<BulkJob | null> {
  const jobId = ctx.db.normalizeId("bulkJobs", id);
  const job = jobId && (await ctx.db.get("bulkJobs", jobId));
  if (job === null) return null;
  const mine = actor.kind === "user" && actor.id === job.startedBy;
  return mine || actor.kind === "system" ? job : null;
}
