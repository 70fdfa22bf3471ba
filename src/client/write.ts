/**
 * The way every write takes: the host judges, the component judges and writes, the host hears of it.
 *
 * Without hooks and schema that is one call into the component. With them, everything that can refuse the call has its say
 * before `onChange` runs, and `onChange` runs before the component changes a document: a host that catches its throw finds
 * nothing written.
 *
 * @module
 */
import type { FunctionReference } from "convex/server";
import type { PropertyValidators } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { invoke, type RunMutationCtx } from "../host/component.js";
import { actorRefusal } from "../shared/access.js";
import type {
  Actor,
  Change,
  Draft,
  Mode,
  Outcome,
  Target,
  Transfer,
} from "../shared/documents.js";
import { fail, findDuplicates, throwIfRejected } from "../shared/failures.js";
import { authorize, SYSTEM } from "./authorize.js";
import { flatten, type DocsState, type WriteOperation } from "./options.js";

/** One item on its way. `outcome` is at first what would become of it, and then what did. */
type PendingItem = {
  item: WriteItem;
  refusal?: DocsErrorData;
  outcome?: Outcome;
};

/** Does a call's writes. Throws what refuses all of it; in partial mode, an item's refusal is its outcome. */
export async function write<F extends PropertyValidators, Ctx, ChangeCtx>(
  core: DocsState<F, Ctx, ChangeCtx>,
  ctx: Ctx & ChangeCtx & RunMutationCtx,
  call: WriteCall,
): Promise<Outcome[]> {
  const { access, onChange } = core.hooks;
  if (!access && !onChange && !core.schema) return await send(core, ctx, call);
  const refused = actorRefusal(call.actor);
  if (refused) throw fail(refused);

  const repeated = findDuplicates(call.items);
  const slots = call.items.map((item, index): PendingItem => {
    const refusal = repeated[index];
    return refusal ? { item, refusal } : { item };
  });
  const firsts = slots.filter(({ refusal }) => refusal === undefined);
  const items = firsts.map(({ item }) => item);
  const judged = await authorize(core, ctx, { ...call, items });
  firsts.forEach((slot, index) => Object.assign(slot, judged.items[index]));
  const run = { ...call, actor: judged.actor };
  // A refused batch names every item that failed, so the rest is judged too although it will not be written.
  const isRefused = slots.some(({ refusal }) => refusal !== undefined);
  if (onChange || isRefused) await dryRun(core, ctx, run, slots);
  throwIfRejected(
    call.mode,
    slots.map(({ refusal }) => refusal),
  );
  const allowed = slots.filter(({ refusal }) => refusal === undefined);
  if (onChange) {
    const { actor } = call;
    const userId = actor.kind === "user" ? actor.id : null;
    const announce = async ({ outcome }: PendingItem) => {
      const change = outcome && changeOf<F>(outcome);
      if (!change) return;
      await onChange(ctx, { operation: call.operation, userId, ...change });
    };
    await commitWithOnChange(core, ctx, run, allowed, announce);
  } else await commit(core, ctx, run, allowed);
  return slots.map(resultOf);
}

/** Asks the component what it would do, and writes nothing. */
async function dryRun(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteCall,
  slots: PendingItem[],
): Promise<void> {
  const open = slots.filter(({ refusal }) => refusal === undefined);
  await commit(mount, ctx, { ...call, mode: "partial", dryRun: true }, open);
  for (const slot of open) {
    if (slot.outcome?.ok === false) slot.refusal = slot.outcome.error;
  }
}

/**
 * Announces every change while it can still be called off. A new document has no id to announce until it is written, so
 * those are written first, and deleted again if an announcement fails.
 */
async function commitWithOnChange(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteCall,
  slots: PendingItem[],
  announce: (slot: PendingItem) => Promise<void>,
): Promise<void> {
  if (!("db" in ctx)) {
    throw new Error(
      "convex-docs: onChange runs in the transaction of the change, and an action has none. Call this from a mutation.",
    );
  }
  const fresh = slots.filter(({ outcome }) => isNew(outcome));
  const existing = slots.filter(({ outcome }) => !isNew(outcome));
  await commit(mount, ctx, { ...call, withDocuments: true }, fresh);
  try {
    for (const slot of slots) await announce(slot);
    await commit(mount, ctx, call, existing);
  } catch (error) {
    const items = fresh.flatMap(({ outcome }) =>
      outcome?.ok ? [{ id: outcome.id }] : [],
    );
    // `single` asks for no reserve: however little of the transaction is left, what was written has to go.
    const undo = {
      actor: SYSTEM,
      operation: "remove",
      mode: "single",
    } as const;
    if (items.length > 0) await send(mount, ctx, { ...undo, items });
    throw error;
  }
}

async function commit(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteCall,
  slots: PendingItem[],
): Promise<void> {
  if (slots.length === 0) return;
  const items = slots.map(({ item }) => item);
  const outcomes = await send(mount, ctx, { ...call, items });
  slots.forEach((slot, index) => {
    const outcome = outcomes[index];
    if (outcome) slot.outcome = outcome;
  });
}

function isNew(outcome: Outcome | undefined): boolean {
  return outcome?.ok === true && outcome.before === null;
}

/** What an outcome changed: nothing for one that left the document as it was. */
function changeOf<F extends PropertyValidators>(outcome: Outcome) {
  if (!outcome.ok) return null;
  const { before = null, after = null } = outcome;
  if (before && after && before.version === after.version) return null;
  return {
    before: before && flatten<F>(before),
    after: after && flatten<F>(after),
  };
}

function resultOf({ refusal, outcome }: PendingItem): Outcome {
  if (refusal) return { ok: false, error: refusal };
  if (!outcome) {
    throw new Error("convex-docs: an item came back without an outcome.");
  }
  if (!outcome.ok) return outcome;
  return { ok: true, id: outcome.id, version: outcome.version };
}

/*
 * One call into one of the component's writing functions.
 */

/** What is asked of one document. Each operation takes one of these kinds; the methods of `Docs` pair them. */
export type WriteItem = Draft | Change | Target | Transfer;

/** Who does what to which documents. */
export type WriteCall = {
  operation: WriteOperation;
  actor: Actor;
  mode: Mode;
  items: WriteItem[];
  dryRun?: boolean;
  withDocuments?: boolean;
};

type Writer = FunctionReference<
  "mutation",
  "internal",
  Omit<WriteCall, "operation"> & { rules: string },
  Outcome[]
>;

/** Where to, and what the documents look like. */
export type Mount = Pick<DocsState, "component" | "rules">;

/** Calls the function that does what is asked. Its refusals come as errors or, in partial mode, as outcomes. */
export async function send(
  { component, rules }: Mount,
  ctx: RunMutationCtx,
  { operation, ...call }: WriteCall,
): Promise<Outcome[]> {
  // The functions differ in the item they take, and their own validators check it.
  const writer = component.documents[operation] as unknown as Writer;
  return await invoke(() => ctx.runMutation(writer, { ...call, rules }));
}
