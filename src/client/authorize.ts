/**
 * The host's say about a call, before anything is written: its `access` hook and its schema.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { PropertyValidators } from "convex/values";
import type { DocsErrorData, Issue } from "../errors/codes.js";
import { invoke, type RunQueryCtx } from "../host/component.js";
import { mayRead, ownerOf, writeRefusal } from "../shared/access.js";
import type {
  Actor,
  Change,
  Draft,
  Fields,
  StoredDocument,
  Target,
} from "../shared/documents.js";
import {
  alreadyExists,
  forbidden,
  invalid,
  notFound,
} from "../shared/failures.js";
import { merge } from "../shared/fields.js";
import {
  flatten,
  type AccessOperation,
  type DocsState,
  type Hooks,
  type WriteOperation,
} from "./options.js";

import type { WriteCall, WriteItem } from "./write.js";

/** What an item becomes: itself, perhaps with what the host makes of it, or its refusal. */
export type Authorized = { item: WriteItem; refusal?: DocsErrorData };

/** The question that each operation asks. The trash is its owner's alone: the component decides. */
const QUESTIONS: Record<
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

/** Judges every item of a call. What it lets through still has to pass the component's own checks. */
export async function authorize<F extends PropertyValidators, Ctx>(
  core: DocsState<F, Ctx>,
  ctx: Ctx & RunQueryCtx,
  { operation, actor, items }: WriteCall,
): Promise<{ actor: Actor; items: Authorized[] }> {
  if (operation === "create") {
    const drafts = items as Draft[];
    const judged = drafts.map((draft) =>
      authorizeDraft(core, ctx, actor, draft),
    );
    return { actor, items: await Promise.all(judged) };
  }
  const question = QUESTIONS[operation];
  const needed = core.hooks.access ?? (core.schema && operation === "update");
  if (question === null || !needed) {
    return { actor, items: items.map((item) => ({ item })) };
  }
  const targets = items as Target[];
  const found = await loadMany(core, ctx, targets);
  const judged = targets.map(async (target, index): Promise<Authorized> => {
    const document = found[index];
    if (!document) return { item: target, refusal: notFound(target.id) };
    const refusal = await hostRefusal(
      core.hooks,
      ctx,
      actor,
      question,
      document,
      target.id,
    );
    if (refusal) return { item: target, refusal };
    // What was judged is what may be written: in an action, where the two are apart, a change in between is a CONFLICT.
    const ifVersion = target.ifVersion ?? document.version;
    const item = { ...target, ifVersion };
    return operation === "update"
      ? await applySchemaToChange(core, item as Change, document)
      : { item };
  });
  // Where the host decides, the component no longer does.
  return {
    actor: core.hooks.access ? SYSTEM : actor,
    items: await Promise.all(judged),
  };
}

/** A draft is a new document, or by its key a change to one that is there. */
async function authorizeDraft<F extends PropertyValidators, Ctx>(
  core: DocsState<F, Ctx>,
  ctx: Ctx & RunQueryCtx,
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
  const whole = existing
    ? merge(existing.fields, draft.fields, [])
    : draft.fields;
  return await applySchemaTo(core, draft, whole, (fields) => ({
    ...draft,
    fields,
  }));
}

/** What a key finds is no more open to its caller than what an id finds; but the caller did not send its id. */
async function keyRefusal<F extends PropertyValidators, Ctx>(
  { hooks }: DocsState<F, Ctx>,
  ctx: Ctx,
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
  core: Pick<DocsState, "schema">,
  change: Change,
  document: StoredDocument,
): Promise<Authorized> {
  // A change to another version is the component's to refuse: what the schema would say of it is beside the point.
  if (change.ifVersion !== document.version) return { item: change };
  const merged = merge(document.fields, change.set, change.unset);
  return await applySchemaTo(core, change, merged, (set) => ({
    ...change,
    set,
  }));
}

/** The item as the schema wants it stored, or its refusal. */
async function applySchemaTo(
  { schema }: Pick<DocsState, "schema">,
  item: WriteItem,
  fields: Fields,
  withFields: (fields: Fields) => WriteItem,
): Promise<Authorized> {
  if (!schema) return { item };
  const result = await applySchema(schema, fields);
  return "refusal" in result
    ? { item, refusal: result.refusal }
    : { item: withFields(result.fields) };
}

/*
 * The host's `access` hook, asked.
 */

/** The `access` hook's answer, or the default where there is no hook or the system acts. */
export async function isAllowed<F extends PropertyValidators, Ctx>(
  { access }: Pick<Hooks<F, Ctx, never>, "access">,
  ctx: Ctx,
  actor: Actor,
  operation: AccessOperation,
  document: StoredDocument,
  byDefault: boolean,
): Promise<boolean> {
  if (!access || actor.kind === "system") return byDefault;
  const userId = actor.kind === "user" ? actor.id : null;
  const shown = flatten<F>(document);
  return await access(ctx, { operation, document: shown, userId, byDefault });
}

/**
 * Why this actor may not write this document, or `null`, in the host's own judgement. As without a hook, what the actor
 * cannot read is answered like what does not exist.
 */
export async function hostRefusal<F extends PropertyValidators, Ctx>(
  hooks: Hooks<F, Ctx, never>,
  ctx: Ctx,
  actor: Actor,
  operation: Exclude<AccessOperation, "read">,
  document: StoredDocument | null,
  id: string,
): Promise<DocsErrorData | null> {
  if (document === null) return notFound(id);
  const refusal = writeRefusal(actor, document, id, "live");
  const ask = (what: AccessOperation, byDefault: boolean) =>
    isAllowed(hooks, ctx, actor, what, document, byDefault);
  if (await ask(operation, refusal === null)) return null;
  const sees = await ask("read", mayRead(actor, document));
  return sees ? forbidden(id) : notFound(id);
}

/*
 * Reads on the host's behalf: where the host decides, it has to see the document first.
 */

/** Acts where the host and not the component decides. */
export const SYSTEM: Actor = { kind: "system", reason: "the host decides" };

/** The documents that the targets name, in their places. */
export async function loadMany(
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

/** The document that an actor's own key names. */
export async function loadByKey(
  { component }: Pick<DocsState, "component">,
  ctx: RunQueryCtx,
  actor: Actor,
  { ownerId, key }: { ownerId?: string; key: string },
): Promise<StoredDocument | null> {
  const owner = ownerOf(actor, ownerId);
  // An owner or a key that cannot be is the component's to refuse.
  if (owner.refusal) return null;
  const { getByKey } = component.documents;
  const call = { actor: SYSTEM, ownerId: owner.ownerId, key };
  return await invoke(() => ctx.runQuery(getByKey, call));
}

/*
 * A host's Standard Schema: rules that validators cannot say, such as "not empty" or "ends after it starts".
 */

/**
 * A document's fields as the schema wants them stored (trimmed, with defaults), or why it refuses them. Names that the
 * schema leaves out keep the value they have.
 */
export async function applySchema(
  schema: StandardSchemaV1,
  fields: Fields,
): Promise<{ fields: Fields } | { refusal: DocsErrorData }> {
  const result = await schema["~standard"].validate(fields);
  if (result.issues) return { refusal: invalid(result.issues.map(toIssue)) };
  const output: unknown = result.value;
  const isObject = typeof output === "object" && output !== null;
  return { fields: isObject ? { ...fields, ...output } : fields };
}

function toIssue({ path = [], message }: StandardSchemaV1.Issue): Issue {
  const names = path.map((part) =>
    String(typeof part === "object" ? part.key : part),
  );
  return { path: names.join("."), message };
}
