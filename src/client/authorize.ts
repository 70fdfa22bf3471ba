/**
 * What the host's `access` hook and schema decide about a call, before anything is written.
 *
 * @module
 */
import type { DocsErrorData } from "../errors/codes.js";
import { invoke, type RunQueryCtx } from "../host/component.js";
import {
  draftRefusal,
  isOfTrash,
  ownerOf,
  readerRole,
  type Who,
} from "../shared/access.js";
import { columnIssues } from "../shared/columns.js";
import {
  BATCH,
  type Actor,
  type Change,
  type Draft,
  type Fields,
  type Loaded,
  type Mode,
  type StoredDocument,
  type Target,
  type Transfer,
} from "../shared/documents.js";
import {
  alreadyExists,
  duplicateId,
  invalid,
  notFound,
} from "../shared/failures.js";
import { unsetIssues } from "../shared/fields.js";
import { seenBy } from "../shared/fieldRules.js";
import {
  NEEDS,
  needsOfRevert,
  needsOfStage,
  needsOfUpdate,
  sentBy,
  type Answers,
  type Need,
} from "../shared/roles.js";
import { judge, type Judgement } from "./access.js";
import { load } from "./load.js";
import { endIfUnasked } from "./principals.js";
import type { DocsState, WriteOperation } from "./options.js";
import { applySchema } from "./schema.js";

/** What is asked of one document. Each operation takes one of these kinds; the methods of `Operations` pair them. */
export type WriteItem = Draft | Change | Target | Transfer;

/** Who does what to which documents. */
export type WriteRequest = {
  operation: WriteOperation;
  actor: Actor;
  mode: Mode;
  items: WriteItem[];
  /** What `access` has answered, one place an item. Absent: there is no such hook. */
  answers?: Answers[];
  /** See `uncountedBytes`. */
  uncounted?: number;
  /** Why, for the history. */
  reason?: string;
  dryRun?: boolean;
  unsettled?: boolean;
};

/** An item as the host lets it through, with what `access` has answered, or its refusal. */
export type Authorized = {
  item: WriteItem;
  answers?: Answers;
  refusal?: DocsErrorData;
};

/**
 * Asks the host about every item of a call. The component decides on those that are let through, with the same actor and the
 * host's answers.
 *
 * @returns one result an item, in order, and the bytes that count as read beside those that were
 */
export async function authorize(
  core: DocsState,
  ctx: RunQueryCtx,
  call: WriteRequest,
): Promise<{ items: Authorized[]; uncounted: number }> {
  const { operation, actor, items } = call;
  if (operation === "create") {
    const drafts = (items as Draft[]).map((draft) =>
      authorizeDraft(core, ctx, actor, draft),
    );
    return { items: await Promise.all(drafts), uncounted: 0 };
  }
  const bringsFields = BRINGING.includes(operation);
  const needed = core.hooks.access ?? (core.schema && bringsFields);
  if (isOfTrash(operation) || !needed) {
    return { items: items.map((item) => ({ item })), uncounted: 0 };
  }
  return await authorizeTargets(core, ctx, { ...call, operation });
}

/** The operations whose outcome the host's schema judges. */
const BRINGING: WriteOperation[] = ["update", "revert", "publish"];

/** An operation on a document that exists and is not in the trash. */
type LiveOperation = Exclude<WriteOperation, "create" | "restore" | "purge">;

/** A few at a time: what is to be read of a batch has to be left of the transaction, and its sizes are not known before. */
async function authorizeTargets(
  core: DocsState,
  ctx: RunQueryCtx,
  call: WriteRequest & { operation: LiveOperation },
): Promise<{ items: Authorized[]; uncounted: number }> {
  const targets = call.items as Target[];
  const { actor } = call;
  const largest = core.declared.maxBytes;
  const seen = new Set<string>();
  const items: Authorized[] = [];
  let uncounted = 0;
  for (let at = 0; at < targets.length; at += BATCH.readAhead) {
    const few = targets.slice(at, at + BATCH.readAhead);
    const loading =
      call.mode === "single" ? {} : { allowance: { largest, uncounted } };
    const ids = few.map(({ id }) => id);
    const found = await load(core, ctx, actor, ids, loading);
    endIfUnasked(actor, found);
    const asked = few.map(async (target, index): Promise<Authorized> => {
      const loaded = found[index] ?? NOTHING;
      const { id } = loaded;
      // Two spellings of one id.
      if (seen.has(id))
        return { item: target, refusal: duplicateId(target.id) };
      seen.add(id);
      return await authorizeTarget(core, ctx, call, target, loaded);
    });
    const judged = await Promise.all(asked);
    judged.forEach(({ refusal }, index) => {
      if (refusal?.code !== "NOT_FOUND") return;
      uncounted += largest - (found[index]?.bytes ?? 0);
    });
    items.push(...judged);
  }
  return { items, uncounted };
}

const NOTHING: Loaded = { id: "", document: null, bytes: 0 };

async function authorizeTarget(
  core: DocsState,
  ctx: RunQueryCtx,
  { actor, operation }: WriteRequest & { operation: LiveOperation },
  target: Target,
  { document, grants }: Loaded,
): Promise<Authorized> {
  if (document === null) return { item: target, refusal: notFound(target.id) };
  const needs = needsOf(core, operation, target);
  const { hooks } = core;
  const { answers, refusal } = await judge(
    hooks,
    ctx,
    { actor, grants },
    document,
    needs,
    target.id,
  );
  if (refusal) return { item: target, refusal };
  // What was looked at is what may be written: in an action, where the two are apart, a change in between is a CONFLICT.
  const item = { ...target, ifVersion: target.ifVersion ?? document.version };
  const who = { actor, grants, answers };
  const authorized = BRINGING.includes(operation)
    ? await applySchemaToChange(core, who, item as Change, document)
    : { item };
  return answers ? { ...authorized, answers } : authorized;
}

function needsOf(
  { declared }: DocsState,
  operation: LiveOperation,
  target: Target,
): readonly Need[] {
  switch (operation) {
    case "update":
      return needsOfUpdate(sentBy(target as Change), declared);
    case "revert":
      return needsOfRevert(sentBy(target as Change), declared);
    case "publish":
    case "unpublish":
    case "discard":
      return needsOfStage(declared);
    default:
      return NEEDS[operation];
  }
}

/** A draft is a new document or, by its key, a change to an existing one. */
async function authorizeDraft(
  core: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  draft: Draft,
): Promise<Authorized> {
  // Whose name it may not bear is said before the schema speaks of it.
  const refusal = draftRefusal(actor, draft, core.declared);
  if (refusal) return { item: draft, refusal };
  const { key, ifExists = "error" } = draft;
  const existing =
    key === undefined || ifExists === "error"
      ? null
      : await loadByKey(core, ctx, actor, { ...draft, key });
  let answers: Answers | undefined;
  if (existing) {
    const judged = await judgeByKey(core, ctx, actor, existing, draft);
    if (judged.refusal) return { item: draft, refusal: judged.refusal };
    answers = judged.answers;
    if (ifExists === "return") return { item: draft };
  }
  const own = { set: draft.fields, unset: [] };
  const seen =
    existing && seenBy(core.declared, readerRole({ actor, answers }, existing));
  const made = await applySchema(core, own, existing?.fields ?? null, seen);
  if (made.issues) {
    const issues = [...columnIssues(draft), ...made.issues];
    return { item: draft, refusal: invalid(issues) };
  }
  const { set: fields, unset } = made;
  const item = { ...draft, ...asSent(core, own), fields, unset };
  return answers ? { item, answers } : { item };
}

/** Whether this draft may touch the document that has its key: as one found by its id, which the caller does not know. */
async function judgeByKey(
  { hooks, declared }: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  existing: StoredDocument,
  { key = "", ifExists, ...draft }: Draft,
): Promise<Judgement> {
  const sent = sentBy({ ...draft, set: draft.fields });
  const changes = ifExists === "update" ? needsOfUpdate(sent, declared) : [];
  const needs = [...NEEDS.read, ...changes];
  const id = existing._id;
  const judged = await judge(hooks, ctx, { actor }, existing, needs, id);
  const isHidden = judged.refusal?.code === "NOT_FOUND";
  return isHidden ? { refusal: alreadyExists(key) } : judged;
}

async function applySchemaToChange(
  core: DocsState,
  who: Who,
  change: Change,
  document: StoredDocument,
): Promise<Authorized> {
  // A change to another version is a CONFLICT, which the component reports.
  if (change.ifVersion !== document.version) return { item: change };
  const { fields } = document;
  const seen = seenBy(core.declared, readerRole(who, document));
  const made = await applySchema(core, change, fields, seen);
  if (made.issues) {
    const issues = [
      ...columnIssues(change),
      ...unsetIssues(core.declared.shape, fields, change.unset),
      ...made.issues,
    ];
    return { item: change, refusal: invalid(issues) };
  }
  const { set, unset } = made;
  return { item: { ...change, ...asSent(core, change), set, unset } };
}

/** The names that the caller sent, where roles write some fields and the schema may have made others of them. */
function asSent(
  { schema, declared }: DocsState,
  { set, unset = [] }: { set: Fields; unset?: string[] },
): { sent?: string[] } {
  if (!schema || !(declared.readable ?? declared.writable)) return {};
  return { sent: [...Object.keys(set), ...unset] };
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
  const call = { actor, ownerId: owner.ownerId, key };
  return await invoke(() => ctx.runQuery(getByKey, call));
}
