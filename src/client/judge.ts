/**
 * The host's say about a call, before anything is written: its `access` hook and its schema.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { mayRead } from "../shared/access.js";
import { alreadyExists, forbidden, notFound } from "../shared/failures.js";
import { merge } from "../shared/fields.js";
import type {
  Actor,
  Change,
  Draft,
  Fields,
  StoredDocument,
  Target,
} from "../shared/validators.js";
import { hostRefusal, isAllowed } from "./access.js";
import type { Core } from "./core.js";
import type { AccessOperation, WriteOperation } from "./hooks.js";
import { loadByKey, loadMany, SYSTEM } from "./load.js";
import { applySchema } from "./schema.js";
import type { Call, Item } from "./send.js";
import type { RunQueryCtx } from "./types.js";

/** What an item becomes: itself, perhaps with what the host makes of it, or its refusal. */
export type Judged = { item: Item; refusal?: DocsErrorData };

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
export async function judge<F extends PropertyValidators, Ctx>(
  core: Core<F, Ctx>,
  ctx: Ctx & RunQueryCtx,
  { operation, actor, items }: Call,
): Promise<{ actor: Actor; items: Judged[] }> {
  if (operation === "create") {
    const drafts = items as Draft[];
    const judged = drafts.map((draft) => judgeDraft(core, ctx, actor, draft));
    return { actor, items: await Promise.all(judged) };
  }
  const question = QUESTIONS[operation];
  const needed = core.hooks.access ?? (core.schema && operation === "update");
  if (question === null || !needed) {
    return { actor, items: items.map((item) => ({ item })) };
  }
  const targets = items as Target[];
  const found = await loadMany(core, ctx, targets);
  const judged = targets.map(async (target, index): Promise<Judged> => {
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
      ? await judgeChange(core, item as Change, document)
      : { item };
  });
  // Where the host decides, the component no longer does.
  return {
    actor: core.hooks.access ? SYSTEM : actor,
    items: await Promise.all(judged),
  };
}

/** A draft is a new document, or by its key a change to one that is there. */
async function judgeDraft<F extends PropertyValidators, Ctx>(
  core: Core<F, Ctx>,
  ctx: Ctx & RunQueryCtx,
  actor: Actor,
  draft: Draft,
): Promise<Judged> {
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
  return await judgeFields(core, draft, whole, (fields) => ({
    ...draft,
    fields,
  }));
}

/** What a key finds is no more open to its caller than what an id finds; but the caller did not send its id. */
async function keyRefusal<F extends PropertyValidators, Ctx>(
  { hooks }: Core<F, Ctx>,
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

async function judgeChange(
  core: Pick<Core, "schema">,
  change: Change,
  document: StoredDocument,
): Promise<Judged> {
  // A change to another version is the component's to refuse: what the schema would say of it is beside the point.
  if (change.ifVersion !== document.version) return { item: change };
  const merged = merge(document.fields, change.set, change.unset);
  return await judgeFields(core, change, merged, (set) => ({ ...change, set }));
}

/** The item as the schema wants it stored, or its refusal. */
async function judgeFields(
  { schema }: Pick<Core, "schema">,
  item: Item,
  fields: Fields,
  withFields: (fields: Fields) => Item,
): Promise<Judged> {
  if (!schema) return { item };
  const result = await applySchema(schema, fields);
  return "refusal" in result
    ? { item, refusal: result.refusal }
    : { item: withFields(result.fields) };
}
