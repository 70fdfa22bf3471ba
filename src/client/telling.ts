/**
 * Telling a host's `onChange` of what a call has written, and then `onShare` of what a transfer takes away.
 *
 * There is one moment for every operation: all items of the call are written, and then each change is told, in the order of the
 * items. The hook reads the documents as they are now, and may write documents itself. Until the outermost call ends, a deleted
 * document is only set aside, so that a throw can take everything back.
 *
 * @module
 */
import { isPublished } from "../shared/access.js";
import { withCopy } from "../shared/copies.js";
import type {
  Actor,
  Copy,
  Outcome,
  StoredDocument,
} from "../shared/documents.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { invoke, type RunMutationCtx } from "../host/component.js";
import type { Head } from "../shared/history.js";
import type { Planned } from "../shared/plans.js";
import type { Granted } from "../shared/sharing.js";
import { flatten } from "./document.js";
import type { AnyHooks, DocsState, WriteOperation } from "./options.js";
import { sharingChanges } from "./sharingChange.js";

/** The component, and the rules of its documents. */
export type Mount = Pick<DocsState, "component" | "rules" | "workingCopy">;

/** A document before a call wrote it. */
type Undo = {
  mount: Mount;
  id: string;
  before: StoredDocument | null;
  /** What was known of its content, where there is a history. */
  head?: Head;
  /** What was published of it, where it was ahead of that. */
  copy?: Copy;
  /** What was planned of it. */
  planned?: Planned;
};

/** What one call has written, and what of it the host does not know yet. */
type UnsettledCall = {
  /** Of the hooks' calls too. */
  writes: Undo[];
  /** Documents that are set aside. */
  aside: { mount: Mount; id: string }[];
  /** Documents that have changed hands, and who is told what that takes away. */
  moved: Moved[];
  /** What of that has been taken away by now. */
  granted: { mount: Mount; id: string; changes: Granted[] }[];
  untold: Map<string, (up: Told | undefined) => Promise<void>>;
  /** Whether a hook has called a mutation: versions may have changed since. */
  isStale: boolean;
};

/** A document that has changed hands. */
type Moved = {
  mount: Mount;
  id: string;
  tell: (ctx: RunMutationCtx, changes: Granted[]) => Promise<void>;
};

/** A change that the host is being told of. */
type Told = { id: string; call: UnsettledCall; up: Told | undefined };

/** What is being told, by the `runMutation` of the `ctx` that the hook was given: it is the same in a copy of that `ctx`. */
const TOLD = new WeakMap<RunMutationCtx["runMutation"], Told>();

/** How deep hooks may call hooks. */
const MAX_DEPTH = 16;

/** Whether this `ctx` is one that `onChange` was given. */
export function isInHook({ runMutation }: RunMutationCtx): boolean {
  return TOLD.has(runMutation);
}

/** A call whose changes are told. A hook is absent where there is none to tell, as inside another's hook. */
type TellingCall = {
  mount: Mount;
  ctx: RunMutationCtx;
  operation: WriteOperation;
  actor: Actor;
  onChange: AnyHooks["onChange"];
  onShare: AnyHooks["onShare"];
};

/**
 * Writes, and then tells. A throw of the hook takes back what the call and the hook's own calls have written.
 *
 * @param commit writes with `unsettled`
 * @returns the outcomes, with the versions that the documents have in the end
 */
export async function tellAfter(
  telling: TellingCall,
  commit: () => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const { mount, ctx, onChange } = telling;
  assertInMutation(ctx, onChange ? "onChange" : "onShare");
  const up = TOLD.get(ctx.runMutation);
  const outcomes = await commit();
  const call = unsettledCall(telling, outcomes);
  try {
    for (const { id } of [...call.writes]) {
      await tellEarlier(up, id);
      await call.untold.get(id)?.(up);
    }
    const current = call.isStale
      ? await withVersions(mount, ctx, outcomes)
      : outcomes;
    if (up) {
      up.call.writes.push(...call.writes);
      up.call.aside.push(...call.aside);
      up.call.moved.push(...call.moved);
    } else {
      await handOver(ctx, call);
      await settle(ctx, call);
    }
    return current;
  } catch (error) {
    await takeBack(ctx, call, error);
    throw error;
  }
}

/** Refuses a call whose hook could not be told in the transaction of the change. */
export function assertInMutation(
  ctx: object,
  hook: "onChange" | "onShare",
): void {
  if ("db" in ctx) return;
  throw new Error(
    `convex-docs: ${hook} runs in the transaction of the change, and an action has none. Call this from a mutation.`,
  );
}

function unsettledCall(
  { mount, ctx, operation, actor, onChange, onShare }: TellingCall,
  outcomes: Outcome[],
): UnsettledCall {
  const call: UnsettledCall = {
    writes: [],
    aside: [],
    moved: [],
    granted: [],
    untold: new Map(),
    isStale: false,
  };
  const userId = actor.kind === "user" ? actor.id : null;
  for (const outcome of outcomes) {
    const change = changeOf(outcome);
    if (!change) continue;
    const { id, before, after, known, actingAs } = change;
    call.writes.push({ mount, id, before, ...known });
    if (after === null) call.aside.push({ mount, id });
    if (before && after && before.ownerId !== after.ownerId) {
      const tell: Moved["tell"] = async (outer, changes) => {
        const told = sharingChanges("transfer", id, actor, changes);
        for (const one of told) await onShare?.(outer, one);
      };
      call.moved.push({ mount, id, tell });
    }
    if (!onChange) continue;
    call.untold.set(id, async (up) => {
      call.untold.delete(id);
      const told = { id, call, up };
      assertEnds(told);
      await onChange(inHook(ctx, told), {
        operation,
        userId,
        ...omitUndefined({ actingAs }),
        before: before && flatten(before),
        after: after && flatten(after),
        ...(mount.workingCopy ? { live: liveOf(change) } : {}),
      });
    });
  }
  return call;
}

/** What an outcome changes; `null` for one that leaves the document as it was. */
function changeOf(outcome: Outcome) {
  if (!outcome.ok) return null;
  const { id, before = null, after = null } = outcome;
  const { head, copy, planned, actingAs } = outcome;
  if (before && after && before.version === after.version) return null;
  const known = omitUndefined({ head, copy, planned });
  return { id, before, after, known, ...omitUndefined({ actingAs }) };
}

/** What everybody sees of a document, before and after a change. */
function liveOf({
  before,
  after,
  known: { copy },
}: NonNullable<ReturnType<typeof changeOf>>) {
  const live = (document: StoredDocument | null, aside?: Copy | null) => {
    if (!document || !isPublished(document)) return null;
    const { updatedBy: _, ...shown } = document;
    if (!document.hasDraft) return flatten(shown);
    return aside ? flatten(withCopy(shown, aside)) : null;
  };
  // The first edit sets aside what was there.
  return { before: live(before, copy), after: live(after, copy ?? before) };
}

/** The `ctx` for a hook. Its own `runMutation` says which change it is being told of. */
function inHook(ctx: RunMutationCtx, told: Told): RunMutationCtx {
  // What the host passes may have more than its type says, and may be an object of a class.
  const copy = Object.create(
    Object.getPrototypeOf(ctx) as object | null,
  ) as RunMutationCtx;
  const runMutation: RunMutationCtx["runMutation"] = (...args) => {
    told.call.isStale = true;
    return ctx.runMutation(...args);
  };
  TOLD.set(runMutation, told);
  return Object.assign(copy, ctx, { runMutation });
}

/** Before a hook's own change of a document is told, so is the change of the calls around it: a document's changes in order. */
async function tellEarlier(up: Told | undefined, id: string): Promise<void> {
  for (let told = up; told; told = told.up) {
    await told.call.untold.get(id)?.(up);
  }
}

/**
 * A hook may write the document that it is told of, once: it is told of that write too, and has to leave the document alone
 * then. Otherwise it would never end.
 */
function assertEnds(last: Told): void {
  let depth = 0;
  let times = 0;
  for (let told: Told | undefined = last; told; told = told.up) {
    depth += 1;
    if (told.id === last.id) times += 1;
  }
  if (times > 2) {
    throw new Error(
      `convex-docs: onChange keeps changing the document "${last.id}": it wrote it when it was told of a change, and again when it was told of its own. Let it write only what differs.`,
    );
  }
  if (depth > MAX_DEPTH) {
    throw new Error(
      `convex-docs: onChange changes documents whose onChange changes documents, more than ${MAX_DEPTH} deep. Let it end.`,
    );
  }
}

/** The outcomes with the versions that are stored. A document that a hook has deleted keeps its last. */
async function withVersions(
  { component }: Mount,
  ctx: RunMutationCtx,
  outcomes: Outcome[],
): Promise<Outcome[]> {
  const ids = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.id] : []));
  const { versions } = component.documents;
  const found = await invoke(() => ctx.runQuery(versions, { ids }));
  const versionOf = new Map(ids.map((id, index) => [id, found[index]]));
  return outcomes.map((outcome) =>
    outcome.ok
      ? { ...outcome, version: versionOf.get(outcome.id) ?? outcome.version }
      : outcome,
  );
}

/** Takes away what a new owner was given, and the links of the old one, and tells of it: each change of a document is told by now. */
async function handOver(
  ctx: RunMutationCtx,
  call: UnsettledCall,
): Promise<void> {
  for (const { mount, id, tell } of call.moved) {
    const { handOver: take } = mount.component.documents;
    const changes = await invoke(() => ctx.runMutation(take, { id }));
    call.granted.push({ mount, id, changes });
    await tell(ctx, changes);
  }
}

/** Has the component finish what the call has left: see its `settle`. */
async function settle(
  ctx: RunMutationCtx,
  { aside }: UnsettledCall,
): Promise<void> {
  for (const { mount, items } of byMount(aside)) {
    const { settle: finish } = mount.component.documents;
    const ids = items.map(({ id }) => id);
    await invoke(() => ctx.runMutation(finish, { ids }));
  }
}

async function takeBack(
  ctx: RunMutationCtx,
  { writes, granted }: UnsettledCall,
  cause: unknown,
): Promise<void> {
  try {
    for (const { mount, ...taken } of granted) {
      const { undo } = mount.component.sharing;
      await invoke(() => ctx.runMutation(undo, taken));
    }
    for (const { mount, items } of byMount([...writes].reverse())) {
      const { undo } = mount.component.documents;
      const call = {
        rules: mount.rules,
        writes: items.map(({ mount: _, ...write }) => write),
      };
      await invoke(() => ctx.runMutation(undo, call));
    }
  } catch {
    throw new Error(
      "convex-docs: what onChange refused could not be taken back. Let this error end the mutation, which undoes everything.",
      { cause },
    );
  }
}

/** Runs of items of one mount: the order of the writes to a document stays. */
function byMount<Item extends { mount: Mount }>(
  items: Item[],
): { mount: Mount; items: Item[] }[] {
  const runs: { mount: Mount; items: Item[] }[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last?.mount === item.mount) last.items.push(item);
    else runs.push({ mount: item.mount, items: [item] });
  }
  return runs;
}
