/**
 * Writing one document or many: the one way in. Every item is read and judged before the first write, so a refused call has
 * changed nothing and a refused batch knows everything that is wrong with it.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { actorRefusal } from "../shared/access.js";
import { batchFailed, fail } from "../shared/failures.js";
import type { Actor, Mode, Outcome, Written } from "../shared/validators.js";

/** What one item will do: a write that is known to be allowed, or why it is not. */
export type Plan =
  | { refusal: DocsErrorData; write?: never }
  | { refusal?: never; write: () => Promise<Written> };

/**
 * Judges every item, then writes. `single`: the one item's refusal is the call's. `atomic`: one refusal refuses them all.
 * `partial`: each item has its own outcome, at its own index.
 */
export async function writeAll<Item>(
  actor: Actor,
  mode: Mode,
  items: Item[],
  plan: (item: Item) => Promise<Plan> | Plan,
): Promise<Outcome[]> {
  const refused = actorRefusal(actor);
  if (refused) throw fail(refused);
  const plans = await Promise.all(items.map(plan));
  if (mode !== "partial") throwRefusals(mode, plans);
  return await Promise.all(plans.map(carryOut));
}

function throwRefusals(mode: "single" | "atomic", plans: Plan[]): void {
  const errors = plans.flatMap(({ refusal }, index) =>
    refusal ? [{ index, error: refusal }] : [],
  );
  const first = errors[0];
  if (first) {
    throw fail(mode === "single" ? first.error : batchFailed(errors));
  }
}

async function carryOut({ refusal, write }: Plan): Promise<Outcome> {
  return refusal
    ? { ok: false, error: refusal }
    : { ok: true, ...(await write()) };
}
