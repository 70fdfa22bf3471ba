/**
 * What the host's `access` hook and schema decide about a call, before anything is written.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { invoke, type RunQueryCtx } from "../host/component.js";
import { mayRead, ownerOf, writeRefusal } from "../shared/access.js";
import type {
  Actor,
  Change,
  Draft,
  Mode,
  StoredDocument,
  Target,
  Transfer,
} from "../shared/documents.js";
import { alreadyExists, forbidden, notFound } from "../shared/failures.js";
import { flatten } from "./document.js";
import type {
  AccessOperation,
  AnyHooks,
  DocsState,
  WriteOperation,
} from "./options.js";
import { applySchema } from "./schema.js";

/** What is asked of one document. Each operation takes one of these kinds; the methods of `Operations` pair them. */
export type WriteItem = Draft | Change | Target | Transfer;

/** Who does what to which documents. */
export type WriteRequest = {
  operation: WriteOperation;
  actor: Actor;
  mode: Mode;
  items: WriteItem[];
  dryRun?: boolean;
  withDocuments?: boolean;
};

/** An item as the host lets it through, or its refusal. */
export type Authorized = { item: WriteItem; refusal?: DocsErrorData };

/** Acts where the host and not the component decides. */
export const SYSTEM: Actor = { kind: "system", reason: "the host decides" };

/** What `access` is asked for each operation. The trash is its owner's alone, so the component decides. */
const ASKED: Record<
  Exclude<WriteOperation, "create">,
  Exclude<AccessOperation, "read"> | null
> = {
  update: "update",
  remove: "remove",
  trash: "remove",
  transfer: "transfer",
  restore: null,
  purge: null,
};

/**
 * Asks the host about every item of a call. An item that it lets through still has to pass the component's own checks.
 *
 * @returns the actor to write as, and one result an item, in order
 */
export async function authorize(
  core: DocsState,
  ctx: RunQueryCtx,
  { operation, actor, items }: WriteRequest,
): Promise<{ actor: Actor; items: Authorized[] }> {
  if (operation === "create") {
    const drafts = (items as Draft[]).map((draft) =>
      authorizeDraft(core, ctx, actor, draft),
    );
    return { actor, items: await Promise.all(drafts) };
  }
  const asked = ASKED[operation];
  const needed = core.hooks.access ?? (core.schema && operation === "update");
  if (asked === null || !needed) {
    return { actor, items: items.map((item) => ({ item })) };
  }
  const targets = items as Target[];
  const found = await loadMany(core, ctx, targets);
  const authorized = targets.map((target, index) =>
    authorizeTarget(core, ctx, actor, asked, target, found[index] ?? null),
  );
  return {
    actor: core.hooks.access ? SYSTEM : actor,
    items: await Promise.all(authorized),
  };
}

async function authorizeTarget(
  core: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  asked: Exclude<AccessOperation, "read">,
  target: Target,
  document: StoredDocument | null,
): Promise<Authorized> {
  if (document === null) return { item: target, refusal: notFound(target.id) };
  const { hooks } = core;
  const refusal = await accessRefusal(
    hooks,
    ctx,
    actor,
    asked,
    document,
    target.id,
  );
  if (refusal) return { item: target, refusal };
  // What was looked at is what may be written: in an action, where the two are apart, a change in between is a CONFLICT.
  const item = { ...target, ifVersion: target.ifVersion ?? document.version };
  return asked === "update"
    ? await applySchemaToChange(core, item as Change, document)
    : { item };
}

/** A draft is a new document or, by its key, a change to an existing one. */
async function authorizeDraft(
  core: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  draft: Draft,
): Promise<Authorized> {
  const { key, ifExists = "error" } = draft;
  const existing =
    key === undefined || ifExists === "error"
      ? null
      : await loadByKey(core, ctx, actor, { ...draft, key });
  if (existing) {
    const refusal = await keyRefusal(core, ctx, actor, existing, draft);
    if (refusal) return { item: draft, refusal };
    if (ifExists === "return") return { item: draft };
  }
  const own = { set: draft.fields, unset: [] };
  const made = await applySchema(core, own, existing?.fields ?? null);
  if (made.refusal) return { item: draft, refusal: made.refusal };
  return { item: { ...draft, fields: made.set, unset: made.unset } };
}

/** Why this draft may not touch the document that has its key, or `null`. As for one found by its id, which the caller does not know. */
async function keyRefusal(
  { hooks }: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  existing: StoredDocument,
  { key = "", ifExists }: Draft,
): Promise<DocsErrorData | null> {
  const ask = (operation: AccessOperation) =>
    isAllowed(hooks, ctx, actor, operation, existing, mayRead(actor, existing));
  const sees = await ask("read");
  if (!sees) return alreadyExists(key);
  const changes = ifExists === "update";
  return changes && !(await ask("update")) ? forbidden(existing._id) : null;
}

async function applySchemaToChange(
  core: DocsState,
  change: Change,
  document: StoredDocument,
): Promise<Authorized> {
  // A change to another version is a CONFLICT, which the component reports.
  if (change.ifVersion !== document.version) return { item: change };
  const made = await applySchema(core, change, document.fields);
  return made.refusal
    ? { item: change, refusal: made.refusal }
    : { item: { ...change, set: made.set, unset: made.unset } };
}

/** What the `access` hook answers, or the default where there is no hook or the system acts. */
export async function isAllowed(
  { access }: AnyHooks,
  ctx: RunQueryCtx,
  actor: Actor,
  operation: AccessOperation,
  document: StoredDocument,
  byDefault: boolean,
): Promise<boolean> {
  if (!access || actor.kind === "system") return byDefault;
  const userId = actor.kind === "user" ? actor.id : null;
  const request = { operation, document: flatten(document), userId, byDefault };
  return await access(ctx, request);
}

/**
 * Why this actor may not write this document, as the `access` hook decides, or `null`. As without a hook, what the actor cannot
 * read is answered like what does not exist.
 */
async function accessRefusal(
  hooks: AnyHooks,
  ctx: RunQueryCtx,
  actor: Actor,
  operation: Exclude<AccessOperation, "read">,
  document: StoredDocument,
  id: string,
): Promise<DocsErrorData | null> {
  const ask = (what: AccessOperation, byDefault: boolean) =>
    isAllowed(hooks, ctx, actor, what, document, byDefault);
  const refusal = writeRefusal(actor, document, id, "live");
  if (await ask(operation, refusal === null)) return null;
  const reads = await ask("read", mayRead(actor, document));
  return reads ? forbidden(id) : notFound(id);
}

/** The documents that the targets name, in order; `null` for one that does not exist. */
async function loadMany(
  { component, maxGetItems }: Pick<DocsState, "component" | "maxGetItems">,
  ctx: RunQueryCtx,
  targets: Target[],
): Promise<(StoredDocument | null)[]> {
  const { get } = component.documents;
  const found: (StoredDocument | null)[] = [];
  for (let at = 0; at < targets.length; at += maxGetItems) {
    const few = targets.slice(at, at + maxGetItems);
    const call = { actor: SYSTEM, ids: few.map(({ id }) => id) };
    found.push(...(await invoke(() => ctx.runQuery(get, call))));
  }
  return found;
}

/** The owner's document with this key. */
async function loadByKey(
  { component }: Pick<DocsState, "component">,
  ctx: RunQueryCtx,
  actor: Actor,
  { ownerId, key }: { ownerId?: string; key: string },
): Promise<StoredDocument | null> {
  const owner = ownerOf(actor, ownerId);
  // The component refuses an owner that cannot be.
  if (owner.refusal) return null;
  const { getByKey } = component.documents;
  const call = { actor: SYSTEM, ownerId: owner.ownerId, key };
  return await invoke(() => ctx.runQuery(getByKey, call));
}
