/**
 * Planned publishing. A plan is a row, and the row of its document names the plans that count: so whatever ends a plan, such as
 * a transfer, writes the document alone, and is taken back with it. A task looks at the plan when its time has come, writes, and
 * ends it, in one transaction: late rather than never, and never twice.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import type { Doc } from "../../component/_generated/dataModel.js";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import type { DocsErrorData } from "../../errors/codes.js";
import { actorRefusal, refusalOf, type Who } from "../../shared/access.js";
import type { WorkerCall } from "../../shared/bulk.js";
import { isTime } from "../../shared/columns.js";
import type { Actor, Outcome } from "../../shared/documents.js";
import {
  conflict,
  fail,
  failure,
  invalidAt,
  notFound,
} from "../../shared/failures.js";
import { decodeRules } from "../../shared/fields.js";
import type { HostFunction } from "../../shared/functions.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import {
  SCHEDULE,
  type Plan,
  type PlanAction,
  type Planned,
} from "../../shared/plans.js";
import { isUnasked, UNASKED } from "../../shared/principals.js";
import { needsOfStage, type Answers } from "../../shared/roles.js";
import { planPublish, planUnpublish } from "../documents/plan.js";
import { findDocument, type StoredRow } from "../documents/read.js";
import { writeAll } from "../documents/write.js";
import { declare } from "../engine/functions.js";
import { callWorker, type HostResult } from "../engine/host.js";
import { startTask, type TaskKind, type TaskOutcome } from "../engine/task.js";
import { withGrants } from "../sharing/standing.js";

type StoredPlan = Doc<"schedules">;

/* Planning. */

type Call = { actor: Actor; answers?: Answers; id: string; rules: string };

/**
 * The document, if this actor may publish it.
 *
 * @throws what refuses
 */
async function findToPlan(ctx: QueryCtx, call: Call): Promise<StoredRow> {
  const refused = actorRefusal(call.actor);
  if (refused) throw fail(refused);
  const document = await findDocument(ctx, call.id);
  const refusal = document
    ? await planRefusal(ctx, call, document)
    : notFound(call.id);
  if (document && refusal === null) return document;
  if (isUnasked(call.actor)) throw new ConvexError(UNASKED);
  throw fail(refusal ?? notFound(call.id));
}

async function planRefusal(
  ctx: QueryCtx,
  { actor, answers, id, rules }: Call,
  document: StoredRow,
) {
  const who: Who = await withGrants(ctx, { actor, answers }, document);
  return refusalOf(who, document, id, needsOfStage(decodeRules(rules)));
}

/**
 * Plans to publish or take off a document, in the place of what was planned before.
 *
 * @throws NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED for a time that is none in ms
 */
export async function schedule(
  ctx: MutationCtx,
  call: Call & {
    action: PlanAction;
    at: number;
    ifVersion?: number;
    worker?: HostFunction;
  },
): Promise<string> {
  const { actor, id, rules, action, at, ifVersion, worker } = call;
  const document = await findToPlan(ctx, call);
  const refusal = timeRefusal(at) ?? versionRefusal(id, document, ifVersion);
  if (refusal) throw fail(refusal);
  const name = worker && (await declare(ctx, worker));
  const planId = await ctx.db.insert("schedules", {
    documentId: document._id,
    action,
    at,
    state: "pending",
    // What else they may act as is asked again then.
    ...(actor.kind === "user" ? { by: actor.id } : {}),
    order: {
      rules,
      ...omitUndefined({ ifVersion, worker: name }),
      ...(actor.kind === "system" ? { reason: actor.reason } : {}),
    },
  });
  const planned = { ...document.planned, [action]: planId };
  await ctx.db.patch("documents", document._id, { planned });
  await startTask(ctx, plannedWrite, {
    subject: planId,
    input: undefined,
    at: Math.min(at, Date.now() + SCHEDULE.waitMs),
  });
  return planId;
}

function timeRefusal(at: number): DocsErrorData | null {
  if (isTime(at)) return null;
  return invalidAt(
    "at",
    "must be a time in milliseconds since 1970, such as Date.now() + 60 * 60 * 1000.",
  );
}

function versionRefusal(
  id: string,
  { version }: StoredRow,
  ifVersion: number | undefined,
): DocsErrorData | null {
  if (ifVersion === undefined || ifVersion === version) return null;
  return Number.isFinite(ifVersion)
    ? conflict(id, ifVersion, version)
    : invalidAt("ifVersion", "must be a version.");
}

/**
 * Ends what is planned. Does nothing where nothing is.
 *
 * @throws NOT_FOUND; FORBIDDEN
 */
export async function cancelSchedule(
  ctx: MutationCtx,
  { action, ...call }: Call & { action: PlanAction },
): Promise<void> {
  const document = await findToPlan(ctx, call);
  const plan = await findPlan(ctx, document.planned?.[action] ?? "");
  if (plan) await cancelPlan(ctx, plan);
}

/** The plans of a document, the newest first, and those that ended lately. Empty for who may not plan. */
export async function listSchedules(
  ctx: QueryCtx,
  call: Call,
): Promise<Plan[]> {
  const document = await findDocument(ctx, call.id);
  if (document === null || (await planRefusal(ctx, call, document))) return [];
  const rows = await ctx.db
    .query("schedules")
    .withIndex("document", (q) => q.eq("documentId", document._id))
    .order("desc")
    .take(SCHEDULE.shown);
  return rows.map(({ _id, action, at, state, error }) => {
    const counts = state !== "pending" || document.planned?.[action] === _id;
    const shown = counts ? state : "cancelled";
    return { id: _id, action, at, state: shown, ...(error ? { error } : {}) };
  });
}

/* Carrying out. */

/**
 * Its subject is the plan. Its cursor is when the plan is deleted (ms), once it is over. It looks at the clock itself: a wait may be
 * in parts, and a clock may go back.
 */
export const plannedWrite: TaskKind = {
  name: "history.plan",
  maxSize: 0,
  keepMs: 0,
  step: async (ctx, { subject, cursor }) => {
    const plan = await findPlan(ctx, subject);
    if (plan === null) return { kind: "done" };
    const now = Date.now();
    const endsAt = typeof cursor === "number" ? cursor : null;
    const waitMs = (endsAt ?? plan.at) - now;
    if (waitMs > 0) return waiting(endsAt, waitMs);
    if (endsAt !== null) {
      await ctx.db.delete("schedules", plan._id);
      return { kind: "done" };
    }
    const result = await carryOut(ctx, plan);
    if (result.kind === "missing") {
      return { kind: "missing", name: plan.order?.worker ?? "" };
    }
    if (result.kind === "failed") {
      return { kind: "failed", error: result.error };
    }
    return waiting(now + SCHEDULE.keepMs, SCHEDULE.keepMs);
  },
  onEnd: async (ctx, { subject, error }, state) => {
    const plan = state === "done" ? null : await findPlan(ctx, subject);
    if (plan?.state !== "pending") return;
    await dropPlan(ctx, plan);
    await end(ctx, plan, "refused", error ?? failure("INTERNAL", {}));
    // Another finds that it is over, and deletes it when its time has come.
    await startTask(ctx, plannedWrite, { subject, input: undefined });
  },
};

function waiting(endsAt: number | null, waitMs: number): TaskOutcome {
  const wait = Math.min(waitMs, SCHEDULE.waitMs);
  return { kind: "more", cursor: endsAt, waitMs: wait };
}

/** Does what a plan says, if it still counts, and ends it. What refuses it is kept: nobody is there to be told. */
async function carryOut(
  ctx: MutationCtx,
  plan: StoredPlan,
): Promise<HostResult<null>> {
  const { documentId, action, order } = plan;
  if (plan.state !== "pending" || !order) return DONE;
  const document = await ctx.db.get("documents", documentId);
  if (document?.planned?.[action] !== plan._id) {
    await end(ctx, plan, "cancelled");
    return DONE;
  }
  const result = await write(ctx, plan, order);
  if (result.kind !== "ok") return result;
  const [outcome] = result.value;
  await dropPlan(ctx, plan);
  if (outcome?.ok && action === "unpublish") await keepPublish(ctx, document);
  if (outcome?.ok) await end(ctx, plan, "done");
  else await end(ctx, plan, "refused", outcome?.error);
  return DONE;
}

const DONE = { kind: "ok", value: null } as const;

/** The write of a plan, by the component or by the host's worker. */
async function write(
  ctx: MutationCtx,
  { documentId: id, action, by }: StoredPlan,
  { rules, worker, ifVersion, reason = "" }: NonNullable<StoredPlan["order"]>,
): Promise<HostResult<Outcome[]>> {
  const actor: Actor =
    by === undefined ? { kind: "system", reason } : { kind: "user", id: by };
  const target = { id, ...omitUndefined({ ifVersion }) };
  const whole = { ...target, set: {}, unset: [] };
  if (worker !== undefined) {
    const items = [action === "publish" ? whole : target];
    const call: WorkerCall = { actor, operation: action, items };
    return await callWorker(ctx, worker, call, items.length);
  }
  const call = { actor, rules, mode: "partial", isOrdered: true } as const;
  const value =
    action === "publish"
      ? await writeAll(ctx, { ...call, items: [whole] }, planPublish)
      : await writeAll(ctx, { ...call, items: [target] }, planUnpublish);
  return { kind: "ok", value };
}

/** Takes a plan out of its document, if it is there. */
async function dropPlan(
  ctx: MutationCtx,
  { _id, documentId, action }: StoredPlan,
): Promise<void> {
  const document = await ctx.db.get("documents", documentId);
  if (document?.planned?.[action] !== _id) return;
  const { [action]: _plan, ...rest } = document.planned;
  const planned: Planned | undefined =
    Object.keys(rest).length > 0 ? rest : undefined;
  await ctx.db.patch("documents", documentId, { planned });
}

/** Keeps what is planned for later: taking off ends every plan, and this was a plan itself. A transfer or the trash ends them. */
async function keepPublish(
  ctx: MutationCtx,
  { _id, ownerId, planned }: Doc<"documents">,
): Promise<void> {
  const publish = planned?.publish;
  const plan = publish === undefined ? null : await findPlan(ctx, publish);
  if (publish === undefined || plan?.state !== "pending") return;
  const document = await ctx.db.get("documents", _id);
  const isSame = document?.ownerId === ownerId && !document.trashed;
  if (!isSame || document.planned !== undefined) return;
  await ctx.db.patch("documents", _id, { planned: { publish } });
}

/** Ends a plan that counts, or did. Its task finds that it is over. */
export async function cancelPlan(
  ctx: MutationCtx,
  plan: StoredPlan,
): Promise<void> {
  await dropPlan(ctx, plan);
  await end(ctx, plan, "cancelled");
}

/** Ends a plan. Whose it was is not kept. */
async function end(
  ctx: MutationCtx,
  { _id }: StoredPlan,
  state: Exclude<StoredPlan["state"], "pending">,
  error?: DocsErrorData,
): Promise<void> {
  const over = { state, by: undefined, order: undefined };
  await ctx.db.patch("schedules", _id, {
    ...over,
    ...omitUndefined({ error }),
  });
}

async function findPlan(ctx: QueryCtx, id: string): Promise<StoredPlan | null> {
  const planId = ctx.db.normalizeId("schedules", id);
  return planId && (await ctx.db.get("schedules", planId));
}
