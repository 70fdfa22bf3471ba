/**
 * The path of every write: the host authorizes, the component decides and writes, `onChange` is told.
 *
 * Without hooks and schema that is one call into the component. With `onChange`, see `telling.ts`.
 *
 * @module
 */
import type { FunctionReference } from "convex/server";
import { getConvexSize } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { invoke, type RunMutationCtx } from "../host/component.js";
import { actorRefusal } from "../shared/access.js";
import { BATCH, type Outcome } from "../shared/documents.js";
import {
  batchTooLarge,
  fail,
  findDuplicates,
  throwIfRejected,
} from "../shared/failures.js";
import type { Answers } from "../shared/roles.js";
import { authorize, type WriteItem, type WriteRequest } from "./authorize.js";
import type { DocsState } from "./options.js";
import { isInHook, tellAfter, type Mount } from "./telling.js";

/** An item, its refusal by the host, and what became of it. */
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
  request: WriteRequest,
): Promise<Outcome[]> {
  const { access, onChange } = core.hooks;
  // The only write that takes roles away.
  const { onShare } = request.operation === "transfer" ? core.hooks : {};
  const isTold = Boolean(onChange ?? onShare) || isInHook(ctx);
  if (!access && !isTold && !core.schema) {
    return await send(core, ctx, request);
  }
  const refused = actorRefusal(request.actor);
  if (refused) throw fail(refused);

  const duplicates = findDuplicates(request.items, request.actor);
  const pending = request.items.map((item, index): PendingItem => {
    const refusal = duplicates[index];
    return refusal ? { item, refusal } : { item };
  });
  const firsts = pending.filter(isOpen);
  const items = firsts.map(({ item }) => item);
  const authorized = await authorize(core, ctx, { ...request, items });
  firsts.forEach((one, index) => Object.assign(one, authorized.items[index]));
  const call = { ...request, uncounted: authorized.uncounted };
  // A refused batch names every item that fails, so the others are tried too, although they will not be written.
  if (call.mode === "atomic" && !pending.every(isOpen)) {
    await dryRun(core, ctx, call, pending);
  }
  throwIfRejected(
    call.mode,
    pending.map(({ refusal }) => refusal),
  );
  const open = pending.filter(isOpen);
  const commit = (how: { unsettled?: boolean }) =>
    sendItems(core, ctx, { ...call, ...how }, open);
  const telling = { ...call, mount: core, ctx, onChange, onShare };
  const outcomes = isTold
    ? await tellAfter(telling, () => commit({ unsettled: true }))
    : await commit({});
  open.forEach((one, index) =>
    Object.assign(one, { outcome: outcomes[index] }),
  );
  return pending.map(resultOf);
}

function isOpen({ refusal }: PendingItem): boolean {
  return refusal === undefined;
}

/** Asks the component what it would do with the items that are not refused, and writes nothing: sets why it would refuse them. */
export async function dryRun(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteRequest,
  items: PendingItem[],
): Promise<void> {
  const open = items.filter(isOpen);
  const trial = { ...call, mode: "partial", dryRun: true } as const;
  const outcomes = await sendItems(mount, ctx, trial, open);
  open.forEach((pending, index) => {
    const outcome = outcomes[index];
    if (outcome?.ok === false) pending.refusal = outcome.error;
  });
}

async function sendItems(
  mount: Mount,
  ctx: RunMutationCtx,
  call: WriteRequest,
  pending: PendingItem[],
): Promise<Outcome[]> {
  if (pending.length === 0) return [];
  const items = pending.map(({ item }) => item);
  const answers = pending.some((one) => one.answers)
    ? { answers: pending.map((one) => one.answers ?? {}) }
    : {};
  return await send(mount, ctx, { ...call, items, ...answers });
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
