/**
 * The path of every write: the host authorizes, the component decides and writes, `onChange` runs.
 *
 * Without hooks and schema that is one call into the component. With them, everything that can refuse the call is asked before
 * `onChange` runs, and `onChange` runs before the component changes a document: a host that catches its throw finds nothing
 * written.
 *
 * @module
 */
import type { FunctionReference } from "convex/server";
import { getConvexSize } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { invoke, type RunMutationCtx } from "../host/component.js";
import { actorRefusal } from "../shared/access.js";
import { BATCH, type Actor, type Outcome } from "../shared/documents.js";
import {
  batchTooLarge,
  fail,
  findDuplicates,
  throwIfRejected,
} from "../shared/failures.js";
import type { Answers } from "../shared/roles.js";
import { authorize, type WriteItem, type WriteRequest } from "./authorize.js";
import { flatten } from "./document.js";
import type { DocsState } from "./options.js";

/** An item before it is written. `outcome` is first what would become of it, and then what did. */
type PendingItem = {
  item: WriteItem;
  answers?: Answers;
  refusal?: DocsErrorData;
  outcome?: Outcome;
};

/**
 * Writes the items of a call.
 *
 * @returns one outcome an item, in order; in partial mode, a refused item's is its refusal
 * @throws what refuses the whole call
 */
export async function write(
  core: DocsState,
  ctx: RunMutationCtx,
  call: WriteRequest,
): Promise<Outcome[]> {
  const { access, onChange } = core.hooks;
  if (!access && !onChange && !core.schema) return await send(core, ctx, call);
  const refused = actorRefusal(call.actor);
  if (refused) throw fail(refused);

  const duplicates = findDuplicates(call.items);
  const pending = call.items.map((item, index): PendingItem => {
    const refusal = duplicates[index];
    return refusal ? { item, refusal } : { item };
  });
  const firsts = pending.filter(isOpen);
  const items = firsts.map(({ item }) => item);
  const authorized = await authorize(core, ctx, { ...call, items });
  firsts.forEach((one, index) => Object.assign(one, authorized[index]));
  // A refused batch names every item that fails, so the others are tried too, although they will not be written.
  if (onChange || !pending.every(isOpen)) {
    await dryRun(core, ctx, call, pending);
  }
  throwIfRejected(
    call.mode,
    pending.map(({ refusal }) => refusal),
  );
  const open = pending.filter(isOpen);
  if (onChange) {
    const announce = announcer(onChange, ctx, call);
    await commitWithOnChange(core, ctx, call, open, announce);
  } else await commit(core, ctx, call, open);
  return pending.map(resultOf);
}

function isOpen({ refusal }: PendingItem): boolean {
  return refusal === undefined;
}

/** Calls `onChange` for an item that changes something. */
function announcer(
  onChange: NonNullable<DocsState["hooks"]["onChange"]>,
  ctx: RunMutationCtx,
  { operation, actor }: WriteRequest,
): (pending: PendingItem) => Promise<void> {
  const userId = actor.kind === "user" ? actor.id : null;
  return async ({ outcome }) => {
    const change = outcome && changeOf(outcome);
    if (change) await onChange(ctx, { operation, userId, ...change });
  };
}

/** Asks the component what it would do, and writes nothing. */
async function dryRun(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteRequest,
  items: PendingItem[],
): Promise<void> {
  const open = items.filter(isOpen);
  await commit(mount, ctx, { ...call, mode: "partial", dryRun: true }, open);
  for (const pending of open) {
    if (pending.outcome?.ok === false) pending.refusal = pending.outcome.error;
  }
}

/**
 * Runs `onChange` for every change before it is written, so that a throw leaves nothing to undo. A new document has no id
 * until it is written, so those are written first, and deleted again after a throw.
 */
async function commitWithOnChange(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteRequest,
  items: PendingItem[],
  announce: (pending: PendingItem) => Promise<void>,
): Promise<void> {
  if (!("db" in ctx)) {
    throw new Error(
      "convex-docs: onChange runs in the transaction of the change, and an action has none. Call this from a mutation.",
    );
  }
  const fresh = items.filter(({ outcome }) => isNew(outcome));
  const existing = items.filter(({ outcome }) => !isNew(outcome));
  await commit(mount, ctx, { ...call, withDocuments: true }, fresh);
  try {
    for (const pending of items) await announce(pending);
    await commit(mount, ctx, call, existing);
  } catch (error) {
    const written = fresh.flatMap(({ outcome }) =>
      outcome?.ok ? [{ id: outcome.id }] : [],
    );
    // The mode `single` keeps no reserve: what was written has to go, however little of the transaction is left.
    const undo = {
      actor: UNDO,
      operation: "remove",
      mode: "single",
      items: written,
    } as const;
    if (written.length > 0) await send(mount, ctx, undo);
    throw error;
  }
}

/** Takes back what the call itself has made, whoever may do what. */
const UNDO: Actor = { kind: "system", reason: "onChange threw" };

async function commit(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteRequest,
  pending: PendingItem[],
): Promise<void> {
  if (pending.length === 0) return;
  const items = pending.map(({ item }) => item);
  const answers = pending.some((one) => one.answers)
    ? { answers: pending.map((one) => one.answers ?? {}) }
    : {};
  const outcomes = await send(mount, ctx, { ...call, items, ...answers });
  pending.forEach((one, index) => {
    const outcome = outcomes[index];
    if (outcome) one.outcome = outcome;
  });
}

function isNew(outcome: Outcome | undefined): boolean {
  return outcome?.ok === true && outcome.before === null;
}

/** What an outcome changes; `null` for one that leaves the document as it was. */
function changeOf(outcome: Outcome) {
  if (!outcome.ok) return null;
  const { before = null, after = null } = outcome;
  if (before && after && before.version === after.version) return null;
  return {
    before: before && flatten(before),
    after: after && flatten(after),
  };
}

function resultOf({ refusal, outcome }: PendingItem): Outcome {
  if (refusal) return { ok: false, error: refusal };
  if (!outcome) {
    throw new Error("convex-docs: an item has no outcome.");
  }
  if (!outcome.ok) return outcome;
  return { ok: true, id: outcome.id, version: outcome.version };
}

type Writer = FunctionReference<
  "mutation",
  "internal",
  Omit<WriteRequest, "operation"> & { rules: string },
  Outcome[]
>;

/** The component, and the rules of its documents. */
type Mount = Pick<DocsState, "component" | "rules">;

/** One call into the component. A refusal is thrown or, in partial mode, an outcome. */
async function send(
  { component, rules }: Mount,
  ctx: RunMutationCtx,
  { operation, ...call }: WriteRequest,
): Promise<Outcome[]> {
  checkBytes(call.items);
  // The functions differ in the items that they take. Their validators check them.
  const writer = component.documents[operation] as unknown as Writer;
  return await invoke(() => ctx.runMutation(writer, { ...call, rules }));
}

/** Refuses with a code what Convex would not pass on as arguments. */
function checkBytes(items: WriteItem[]): void {
  if (items.length === 1) return;
  const bytes = items.reduce((sum, item) => sum + getConvexSize(item), 0);
  if (bytes > BATCH.maxBytes) {
    throw fail(batchTooLarge("bytesWritten", BATCH.maxBytes, bytes));
  }
}
