/**
 * Writing one document or many: the one way in. Every item is read and judged before the first write, so a refused call has
 * changed nothing and a refused batch knows everything that is wrong with it.
 *
 * @module
 */
import type { MutationCtx } from "../component/_generated/server.js";
import { actorRefusal } from "../shared/access.js";
import { fail } from "../shared/failures.js";
import { settle } from "../shared/outcomes.js";
import { repeats, type Named } from "../shared/repeats.js";
import { decodeRules } from "../shared/rules.js";
import type { Actor, Mode, Outcome } from "../shared/validators.js";
import { reserveReads, reserveWrites } from "./budget.js";
import { find, present, type Stored } from "./document.js";
import type { Plan, Planner, Row } from "./plan.js";

export type Call<Item> = {
  actor: Actor;
  mode: Mode;
  rules: string;
  items: Item[];
  dryRun?: boolean;
  withDocuments?: boolean;
};

/** Judges every item, then writes those that may be written, in the order given. */
export async function writeAll<Item extends Named>(
  ctx: MutationCtx,
  call: Call<Item>,
  planner: Planner<Item>,
): Promise<Outcome[]> {
  const refused = actorRefusal(call.actor);
  if (refused) throw fail(refused);
  const plans = await planAll(ctx, call, planner);
  settle(
    call.mode,
    plans.map(({ refusal }) => refusal),
  );
  if (call.dryRun) return plans.map(preview);
  if (call.mode !== "single") await reserveWrites(ctx, plans);
  const outcomes: Outcome[] = [];
  for (const plan of plans) {
    outcomes.push(await carryOut(ctx, plan, call.withDocuments ?? false));
  }
  return outcomes;
}

async function planAll<Item extends Named>(
  ctx: MutationCtx,
  { actor, mode, rules, items }: Call<Item>,
  planner: Planner<Item>,
): Promise<Plan[]> {
  const decoded = decodeRules(rules);
  const repeated = repeats(items);
  const plan = async (item: Item, index: number): Promise<Plan> => {
    const refusal = repeated[index];
    return refusal ? { refusal } : await planner(ctx, actor, decoded, item);
  };
  if (mode === "single") return await Promise.all(items.map(plan));
  return await reserveReads(ctx, items, decoded.maxBytes, plan);
}

async function carryOut(
  ctx: MutationCtx,
  plan: Plan,
  withDocuments: boolean,
): Promise<Outcome> {
  if (plan.refusal) return { ok: false, error: plan.refusal };
  const id = await plan.write();
  if (!withDocuments) return { ok: true, id, version: versionOf(plan) };
  // Only a new document has to be read back: Convex gave it its id and its creation time.
  const isNew = plan.before === null;
  const after = isNew ? await find(ctx, id) : plan.after;
  return { ...preview({ ...plan, after }), id } as Outcome;
}

/** A plan as an outcome that has not happened. */
function preview(plan: Plan): Outcome {
  if (plan.refusal) return { ok: false, error: plan.refusal };
  return {
    ok: true,
    id: plan.before?._id ?? "",
    version: versionOf(plan),
    before: plan.before && present(plan.before),
    after: isStored(plan.after) ? present(plan.after) : null,
  };
}

function versionOf({ before, after }: Exclude<Plan, { refusal: object }>) {
  return (after ?? before)?.version ?? 0;
}

function isStored(document: Stored | Row | null): document is Stored {
  return document !== null && "_id" in document;
}
