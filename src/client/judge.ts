/**
 * The host's say about a call, before anything is written: its `access` hook and its schema.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";
import { mayRead, writeRefusal } from "../shared/access.js";
import { forbidden, notFound } from "../shared/failures.js";
import { merge } from "../shared/fields.js";
import { GET_MANY } from "../shared/limits.js";
import type {
  Actor,
  Change,
  Draft,
  StoredDocument,
  Target,
} from "../shared/validators.js";
import { flatten, type Core } from "./core.js";
import type { AccessOperation, Hooks, WriteOperation } from "./hooks.js";
import { invoke } from "./invoke.js";
import { applySchema } from "./schema.js";
import type { Call, Item } from "./send.js";
import type { RunQueryCtx } from "./types.js";

/** Acts on the host's behalf, where the host and not the component decides. */
export const SYSTEM: Actor = { kind: "system", reason: "the host decides" };

/** What an item becomes: itself, perhaps with what the host makes of it, or its refusal. */
export type Judged = { item: Item; refusal?: DocsErrorData };

/** The question that each operation asks. The trash is its owner's alone: the component decides. */
const QUESTIONS: Record<
  WriteOperation,
  Exclude<AccessOperation, "read"> | null
> = {
  create: null,
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
  const question = QUESTIONS[operation];
  if (operation === "create") {
    const drafts = items as Draft[];
    const judged = drafts.map((draft) => judgeDraft(core, draft));
    return { actor, items: await Promise.all(judged) };
  }
  const needed = core.hooks.access ?? (core.schema && operation === "update");
  if (question === null || !needed) {
    return { actor, items: items.map((item) => ({ item })) };
  }
  const targets = items as Target[];
  const found = await load(core, ctx, targets);
  const judged = targets.map(async (target, index): Promise<Judged> => {
    const document = found[index] ?? null;
    const refusal = await hostRefusal(
      core.hooks,
      ctx,
      actor,
      question,
      document,
      target.id,
    );
    if (refusal || !document)
      return { item: target, refusal: refusal ?? notFound(target.id) };
    // What was judged is what may be written: in an action, where the two are apart, a change in between is a CONFLICT.
    const item = { ifVersion: document.version, ...target };
    return operation === "update"
      ? await judgeChange(core, item as Change, document)
      : { item };
  });
  const decidedHere = core.hooks.access !== undefined;
  return {
    actor: decidedHere ? SYSTEM : actor,
    items: await Promise.all(judged),
  };
}

async function judgeDraft(
  { schema }: Pick<Core, "schema">,
  draft: Draft,
): Promise<Judged> {
  if (!schema) return { item: draft };
  const result = await applySchema(schema, draft.fields);
  return "refusal" in result
    ? { item: draft, refusal: result.refusal }
    : { item: { ...draft, fields: result.fields } };
}

async function judgeChange(
  { schema }: Pick<Core, "schema">,
  change: Change,
  document: StoredDocument,
): Promise<Judged> {
  // A change to another version is the component's to refuse: what the schema would say of it is beside the point.
  if (!schema || change.ifVersion !== document.version) return { item: change };
  const merged = merge(document.fields, change.set, change.unset);
  const result = await applySchema(schema, merged);
  return "refusal" in result
    ? { item: change, refusal: result.refusal }
    : { item: { ...change, set: result.fields } };
}

/** The documents that the targets name, in their places. */
async function load<F extends PropertyValidators, Ctx>(
  core: Core<F, Ctx>,
  ctx: RunQueryCtx,
  targets: Target[],
): Promise<(StoredDocument | null)[]> {
  const { get } = core.component.documents;
  const found: (StoredDocument | null)[] = [];
  for (let at = 0; at < targets.length; at += GET_MANY.maxItems) {
    const few = targets.slice(at, at + GET_MANY.maxItems);
    const call = { actor: SYSTEM, ids: few.map(({ id }) => id) };
    found.push(...(await invoke(() => ctx.runQuery(get, call))));
  }
  return found;
}

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
async function hostRefusal<F extends PropertyValidators, Ctx>(
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
