/**
 * Reading past what the host's `access` hides. What is hidden takes the place of nothing that may be seen, and neither a number
 * nor a cursor tells of it.
 *
 * @module
 */
import type { PaginationOptions } from "convex/server";
import { invoke, type RunQueryCtx } from "../host/component.js";
import { ownRole, readerRole, seesCopy, type Who } from "../shared/access.js";
import { encodeCursor, END } from "../shared/cursor.js";
import {
  COUNT,
  PAGE,
  SEARCH,
  type Actor,
  type Counted,
  type Order,
  type Page,
  type Scope,
  type Status,
  type StoredDocument,
} from "../shared/documents.js";
import { shownTo } from "../shared/fieldRules.js";
import { isUnasked } from "../shared/principals.js";
import { lowerOf, NEEDS, type Standing } from "../shared/roles.js";
import type { ViewRequest } from "../shared/views.js";
import { placeOf } from "../shared/where.js";
import { judge } from "./access.js";
import { load } from "./load.js";
import { isOthers } from "./principals.js";
import type { DocsState } from "./options.js";

/** Whose documents, of which list. */
type Selection = {
  actor: Actor;
  scope: Scope;
  ownerId?: string;
  status?: Status;
  view?: ViewRequest;
};

/** Whether rows are asked about. The trash is its owner's alone. */
function asks({ hooks }: DocsState, { actor, scope }: Selection): boolean {
  return Boolean(hooks.access) && actor.kind !== "system" && scope !== "trash";
}

/** The role that a list is read with: its rows show what that role sees, and no more. */
function roleOf({ actor, scope, ownerId }: Selection): Standing {
  const own = actor.kind === "user" ? actor.id : "";
  return scope === "public"
    ? "public"
    : (ownRole(actor, ownerId ?? own) ?? "public");
}

/** A document, who wants to see it, and where it stands in a list the role that this is read with. */
type Found = { who: Who; document: StoredDocument | null; role?: Standing };

/**
 * The documents as the actor may see them, with `null` in the place of each that is not for the actor, and what is published in the
 * place of one that is ahead and that the actor may see no more of.
 */
export async function admit(
  core: DocsState,
  ctx: RunQueryCtx,
  found: Found[],
): Promise<(StoredDocument | null)[]> {
  const judged = found.map(async ({ who, document, role }) => {
    if (document === null) return null;
    const id = document._id;
    const { hooks, declared } = core;
    const asked = judge(hooks, ctx, who, document, NEEDS.read, id);
    const { refusal, answers } = await asked;
    if (refusal) return null;
    const reader = { ...who, answers };
    const best = readerRole(reader, document);
    const shown = seesCopy(reader, document)
      ? await readCopy(core, ctx, id)
      : document;
    return shown && shownTo(declared, role ? lowerOf(role, best) : best, shown);
  });
  return await Promise.all(judged);
}

async function readCopy(
  { component, workingCopy }: DocsState,
  ctx: RunQueryCtx,
  id: string,
): Promise<StoredDocument | null> {
  if (!workingCopy) return null;
  const { copies } = component.documents;
  const found = await invoke(() => ctx.runQuery(copies, { ids: [id] }));
  return found[0] ?? null;
}

/** What says that documents may be ahead of what is published of them. */
function copiesIn({ workingCopy }: DocsState, scope: Scope) {
  return workingCopy && scope === "public" ? { workingCopy } : {};
}

/** One document an id, in order; `null` for one that is missing or that the actor may not see. */
export async function readDocuments(
  core: DocsState,
  ctx: RunQueryCtx,
  actor: Actor,
  ids: string[],
): Promise<(StoredDocument | null)[]> {
  const { get } = core.component.documents;
  const copies = copiesIn(core, "public");
  if (!core.hooks.access && !core.declared.readable) {
    return await invoke(() => ctx.runQuery(get, { actor, ids, ...copies }));
  }
  // The host judges, or shows what the actor's role sees, and needs the document for it: to judge, as it is.
  const loading = core.hooks.access ? {} : copies;
  const loaded = await load(core, ctx, actor, ids, loading);
  const found = loaded.map(({ document, grants }) => ({
    who: { actor, grants },
    document: isUnasked(actor) && isOthers(actor, document) ? null : document,
  }));
  return await admit(core, ctx, found);
}

/** The rows of a list that the actor may see, as its role sees them. */
async function visible(
  core: DocsState,
  ctx: RunQueryCtx,
  call: Selection,
  found: StoredDocument[],
): Promise<StoredDocument[]> {
  const role = roleOf(call);
  if (!asks(core, call)) {
    return found.map((row) => shownTo(core.declared, role, row));
  }
  const who = { actor: call.actor };
  const asked = found.map((document) => ({ who, document, role }));
  const admitted = await admit(core, ctx, asked);
  return admitted.filter((document) => document !== null);
}

/* Pages */

type PageCall = Selection & { order: Order; paginationOpts: PaginationOptions };

/** A page of a list. It ends at a row that is shown, so that its cursor is not that of a hidden one. */
export async function readPage(
  core: DocsState,
  ctx: RunQueryCtx,
  call: PageCall,
): Promise<Page> {
  const { list } = core.component.documents;
  const which = { ...call, ...copiesIn(core, call.scope) };
  const read = (paginationOpts: PaginationOptions): Promise<Page> =>
    invoke(() => ctx.runQuery(list, { ...which, paginationOpts }));
  const options = call.paginationOpts;
  let found = await read(options);
  let shown = await visible(core, ctx, call, found.page);
  if (!asks(core, call)) return { ...found, page: shown };
  if (typeof options.endCursor === "string") return pinned(call, found, shown);
  for (let reads = 1; reads < PAGE.maxReads; reads++) {
    if (shown.length > 0 || found.isDone) break;
    const next = { ...options, cursor: found.continueCursor };
    found = await read({ ...next, numItems: PAGE.maxItems });
    shown = await visible(core, ctx, call, found.page);
  }
  const page = shown.slice(0, options.numItems);
  if (found.isDone && page.length === shown.length) return { ...found, page };
  const continueCursor = cursorBehind(call, page, found.page);
  const isDone = continueCursor === END;
  return { ...found, page, isDone, continueCursor };
}

/** A page that keeps its end. Where it has to be split, it is at a row that is shown. */
function pinned(call: PageCall, found: Page, shown: StoredDocument[]): Page {
  const { page, splitCursor, pageStatus = null, ...rest } = found;
  const half = shown.slice(0, Math.ceil(shown.length / 2));
  const isSplit =
    pageStatus === "SplitRequired" || (Boolean(splitCursor) && half.length > 0);
  if (!isSplit) return { ...rest, page: shown };
  const cursor = cursorBehind(call, half, page);
  return { ...rest, page: shown, splitCursor: cursor, pageStatus };
}

/**
 * The place behind the last row that is shown. Only where none of hundreds is, it is the time of the last that was read: without
 * it the list could not go on. A place in a view holds values, so a public one ends there.
 */
function cursorBehind(
  { view, scope }: PageCall,
  shown: StoredDocument[],
  read: StoredDocument[],
): string {
  const row = shown.at(-1);
  if (view) {
    const behind = scope === "public" ? row : (row ?? read.at(-1));
    return behind ? placeOf(view, behind) : END;
  }
  if (row) return encodeCursor([row.updatedAt, row._creationTime, row._id]);
  const last = read.at(-1);
  return encodeCursor([last?.updatedAt ?? 0, last?._creationTime ?? 0, ""]);
}

/* Search and count */

/** The best matches that the actor may see: asks for more of them while some are hidden. */
export async function readMatches(
  core: DocsState,
  ctx: RunQueryCtx,
  call: Selection & { query: string; limit: number },
): Promise<StoredDocument[]> {
  const { search } = core.component.documents;
  const which = { ...call, ...copiesIn(core, call.scope) };
  const find = (limit: number): Promise<StoredDocument[]> =>
    invoke(() => ctx.runQuery(search, { ...which, limit }));
  if (!asks(core, call)) {
    return await visible(core, ctx, call, await find(call.limit));
  }
  const shown: StoredDocument[] = [];
  let asked = 0;
  for (let most = call.limit; ; most = Math.min(4 * most, SEARCH.maxMatches)) {
    const found = await find(most);
    const more = found.slice(asked);
    shown.push(...(await visible(core, ctx, call, more)));
    asked = found.length;
    const isOver = asked < most || most >= SEARCH.maxMatches;
    if (shown.length >= call.limit || isOver) break;
  }
  return shown.slice(0, call.limit);
}

/** How many documents the actor may see, up to a limit. */
export async function readCount(
  core: DocsState,
  ctx: RunQueryCtx,
  call: Selection & { upTo: number },
): Promise<Counted> {
  const { count, list } = core.component.documents;
  if (!asks(core, call)) return await invoke(() => ctx.runQuery(count, call));
  const { upTo, ...which } = call;
  const paginationOpts = { numItems: COUNT.maxAsked, cursor: null };
  const asked = { ...which, order: "desc" as const, paginationOpts };
  const { page, isDone }: Page = await invoke(() => ctx.runQuery(list, asked));
  const { length } = await visible(core, ctx, call, page);
  return { count: Math.min(length, upTo), more: length > upTo || !isDone };
}
