/**
 * Writing one document or many: every write goes through `writeAll`. It plans every item before the first write, so a refused
 * call has changed nothing, and a refused batch reports every problem.
 *
 * @module
 */
import { ConvexError } from "convex/values";
import type { MutationCtx } from "../../component/_generated/server.js";
import { actorRefusal, nameRefusal } from "../../shared/access.js";
import type { Actor, Mode, Outcome } from "../../shared/documents.js";
import type { Answers } from "../../shared/roles.js";
import {
  fail,
  findDuplicates,
  throwIfRejected,
  type NamedItem,
} from "../../shared/failures.js";
import { isUnasked, UNASKED } from "../../shared/principals.js";
import { decodeRules, type Rules } from "../../shared/fields.js";
import { HISTORY } from "../../shared/history.js";
import { omitUndefined } from "../../shared/omitUndefined.js";
import { copyOf } from "../history/publication.js";
import { Aftermath } from "../history/tasks.js";
import { contribute, contributorsOf } from "../person/contributions.js";
import {
  applySync,
  costOf,
  planSyncs,
  viewsFor,
  type Sync,
} from "../views/sync.js";
import { reserveReads, reserveWrites, type Allowance } from "./budget.js";
import type { NewRow, Plan, Planner } from "./plan.js";
import { findDocument, toPublic, type StoredRow } from "./read.js";
import { lookupCost } from "../sharing/standing.js";
import { settleGrants } from "../sharing/tasks.js";
import { setAside } from "./unsettled.js";

export type WriteCall<Item> = {
  actor: Actor;
  mode: Mode;
  rules: string;
  items: Item[];
  dryRun?: boolean;
  unsettled?: boolean;
  answers?: Answers[];
  uncounted?: number;
  /** The call was ordered before, perhaps by an earlier deploy: what it declares says nothing about the code of today. */
  isOrdered?: boolean;
  reason?: string;
};

/**
 * Plans every item, then writes those that may be written, in order. One outcome per item.
 *
 * @param later takes note of what is left to be done. Default: it is started
 */
export async function writeAll<Item extends NamedItem>(
  ctx: MutationCtx,
  call: WriteCall<Item>,
  planner: Planner<Item>,
  later?: Aftermath,
): Promise<Outcome[]> {
  const refused = callRefusal(call);
  if (refused) throw fail(refused);
  const rules = decodeRules(call.rules);
  const { uncounted = 0 } = call;
  const hasCopies = rules.workingCopy === true;
  const allowance = { largest: rules.maxBytes, uncounted, hasCopies };
  const plans = await planAll(ctx, call, rules, allowance, planner);
  const registers = !call.dryRun && !call.isOrdered;
  const kept = await viewsFor(ctx, rules, plans, registers);
  const syncs = await planSyncs(ctx, kept, plans);
  throwIfRejected(
    call.mode,
    plans.map(({ refusal }) => refusal),
  );
  if (call.dryRun) return plans.map(verdict);
  const unsettled = call.unsettled ?? false;
  if (call.mode !== "single") {
    await reserveWrites(ctx, plans, costOf(syncs), allowance, unsettled);
  }
  const outcomes: Outcome[] = [];
  const aftermath = later ?? new Aftermath();
  for (const [index, plan] of plans.entries()) {
    const sync = syncs[index] ?? null;
    outcomes.push(await applyPlan(ctx, plan, sync, unsettled));
    aftermath.note(plan, rules.history?.keep, unsettled);
  }
  if (!unsettled) await settleGrants(ctx, plans.filter(isWrite));
  if (!later) await aftermath.start(ctx);
  return outcomes;
}

function callRefusal({ actor, reason }: WriteCall<unknown>) {
  return (
    actorRefusal(actor) ??
    (reason === undefined
      ? null
      : nameRefusal("reason", reason, HISTORY.maxReason))
  );
}

async function planAll<Item extends NamedItem>(
  ctx: MutationCtx,
  { actor, mode, items, unsettled, answers, reason }: WriteCall<Item>,
  rules: Rules,
  allowance: Allowance,
  planner: Planner<Item>,
): Promise<Plan[]> {
  const normalize = (id: string) => ctx.db.normalizeId("documents", id) ?? id;
  const repeated = findDuplicates(items, actor, normalize);
  const plan = async (item: Item, index: number): Promise<Plan> => {
    const refusal = repeated[index];
    if (refusal) return { refusal };
    const who = { actor, answers: answers?.[index], reason };
    const made = await planner(ctx, who, rules, item);
    const by = actor.kind === "user" ? actor.id : null;
    const planned = signed(made, by, rules.sharing);
    if (isUnasked(actor) && isOthers(planned)) throw new ConvexError(UNASKED);
    return planned;
  };
  if (mode === "single") return await Promise.all(items.map(plan));
  const times = unsettled ? 2 : 1;
  const lookup = rules.sharing ? lookupCost(actor) : { ranges: 0, reads: 0 };
  return await reserveReads(ctx, items, allowance, lookup, times, plan);
}

/**
 * A plan that says who has written it, where documents can be shared: what a team owns is written by many. A document that says so
 * already goes on telling the truth where they can be shared no more.
 */
export function signed(
  plan: Plan,
  updatedBy: string | null,
  isShared = false,
): Plan {
  if (plan.refusal || !plan.after || plan.after === plan.before) return plan;
  const { before, after, write } = plan;
  if (!isShared && before?.updatedBy === undefined) return plan;
  return {
    ...plan,
    after: { ...after, updatedBy },
    write: (mark) => write({ ...mark, updatedBy }),
  };
}

/** Whether a plan is refused because of whose the document is. */
function isOthers({ refusal }: Plan): boolean {
  return refusal?.code === "NOT_FOUND" || refusal?.code === "FORBIDDEN";
}

type Allowed = Exclude<Plan, { refusal: object }>;

function isWrite(plan: Plan): plan is Allowed {
  return plan.refusal === undefined;
}

async function applyPlan(
  ctx: MutationCtx,
  plan: Plan,
  sync: Sync | null,
  unsettled: boolean,
): Promise<Outcome> {
  if (plan.refusal) return { ok: false, error: plan.refusal };
  const { before } = plan;
  const known = unsettled ? await knownOf(ctx, plan) : {};
  if (unsettled && before && plan.after === null) {
    await plan.copy?.write();
    await setAside(ctx, before);
    if (sync) await applySync(ctx, sync, before._id);
    return { ...plannedOutcome(plan), ...known };
  }
  const contributors = contributorsOf(plan);
  const marked = contributors.length > 0 ? { contributed: true as const } : {};
  const id = await plan.write({ ...sync?.mark, ...marked });
  if (sync) await applySync(ctx, sync, id);
  for (const by of contributors) await contribute(ctx, id, by);
  if (!unsettled) return { ok: true, id, version: versionOf(plan) };
  // Only a new document is read back: Convex has set its id and creation time.
  const after = before === null ? await findDocument(ctx, id) : plan.after;
  return { ...plannedOutcome({ ...plan, after }), id, ...known } as Outcome;
}

/** Whether a plan may be carried out. Without the documents: those of a batch may exceed what a function returns. */
function verdict(plan: Plan): Outcome {
  if (plan.refusal) return { ok: false, error: plan.refusal };
  return { ok: true, id: plan.before?._id ?? "", version: versionOf(plan) };
}

/** What the host is told besides, and what `undo` has to know of the document. */
async function knownOf(ctx: MutationCtx, { before, as: actingAs }: Allowed) {
  if (before === null) return omitUndefined({ actingAs });
  const { head, planned } = before;
  const copy = await copyOf(ctx, before);
  return omitUndefined({ head, planned, copy, actingAs });
}

/** The outcome that carrying out a plan would have. */
function plannedOutcome(plan: Plan): Outcome {
  if (plan.refusal) return { ok: false, error: plan.refusal };
  return {
    ok: true,
    id: plan.before?._id ?? "",
    version: versionOf(plan),
    before: plan.before && toPublic(plan.before),
    after: isStored(plan.after) ? toPublic(plan.after) : null,
  };
}

function versionOf({ before, after }: Allowed) {
  return (after ?? before)?.version ?? 0;
}

function isStored(document: StoredRow | NewRow | null): document is StoredRow {
  return document !== null && "_id" in document;
}
