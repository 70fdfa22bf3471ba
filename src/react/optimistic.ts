/**
 * Changes on the screen before the server has made them. Convex takes them back when the server refuses or has answered.
 *
 * @module
 */
import type { OptimisticLocalStore } from "convex/browser";
import type {
  DefaultFunctionArgs,
  FunctionReference,
  PaginationResult,
} from "convex/server";
import { compareValues, type Value } from "convex/values";
import { CLEARED } from "./draft.js";

type DocumentQuery<Returns> = FunctionReference<
  "query",
  "public",
  DefaultFunctionArgs,
  Returns
>;

/** The system fields that are read and written here. */
type ShownDocument = {
  _id: string;
  version: number;
  updatedAt: number;
  status: string;
  isPublic: boolean;
  hasDraft?: boolean;
};

/** The host's queries that show documents, as `docs.api()` makes them. A page need not use all of them. */
export type OptimisticQueries = {
  get?: DocumentQuery<ShownDocument | null>;
  list?: DocumentQuery<PaginationResult<ShownDocument>>;
  listPublic?: DocumentQuery<PaginationResult<ShownDocument>>;
};

/** How the host's documents are declared, as far as an optimistic update has to know it. */
export type OptimisticOptions = {
  /**
   * `true`: as `workingCopy` of the host's `Docs`. An edit of a published document waits, so the pages of `listPublic` are left as they
   * are unless the update publishes. Default: `false`.
   */
  workingCopy?: boolean;
};

/** One document's change, as `update` takes it. */
type UpdateArgs = {
  id: string;
  ifVersion?: number;
  unset?: string[];
} & Record<string, unknown>;

/** What `update` and `batchUpdate` take. */
type UpdateCall =
  | { id: string }
  | { ids: string[]; updates: object }
  | { items: { id: string }[] };
/** What `remove` and `batchRemove` take. */
type RemoveCall = { id: string; ifVersion?: number } | { ids: string[] };

/** The document as it is shown; `null` to hide it. */
type Edit = (document: ShownDocument) => ShownDocument | null;

/**
 * Shows an update, single or batch, at once: in the document itself and in every page that holds it. The document keeps its
 * place in a list until the server has answered, and leaves a list that it no longer belongs to. An update with an outdated
 * `ifVersion` is not shown: the server will refuse it.
 *
 * @example
 * ```ts
 * const optimistic = optimisticUpdate({ get: api.documents.get, list: api.documents.list });
 *
 * function Title({ id }: { id: string }) {
 *   const { mutate, error } = useDocsMutation(api.documents.update, { optimistic });
 *   // …
 * }
 * ```
 */
export function optimisticUpdate(
  queries: OptimisticQueries,
  { workingCopy = false }: OptimisticOptions = {},
): (store: OptimisticLocalStore, call: UpdateCall) => void {
  return (store, call) => {
    const changes = new Map(
      changesOf(call).map((change) => [change.id, change]),
    );
    const edit = (document: ShownDocument) => {
      const change = changes.get(document._id);
      return change ? withChange(document, change, workingCopy) : document;
    };
    editQueries(store, queries, edit, (document) => {
      // What everybody sees is the document as it is only once it is published.
      const isQuiet =
        workingCopy && changes.get(document._id)?.["status"] === undefined;
      return isQuiet ? document : edit(document);
    });
  };
}

/**
 * Takes removed documents off the screen at once: `useDocument` says `missing`, and lists leave them out.
 *
 * @example
 * ```ts
 * const optimistic = optimisticRemove({ get: api.documents.get, list: api.documents.list });
 * ```
 */
export function optimisticRemove(
  queries: OptimisticQueries,
): (store: OptimisticLocalStore, call: RemoveCall) => void {
  return (store, call) => {
    const ids = new Set("ids" in call ? call.ids : [call.id]);
    const ifVersion = "ids" in call ? undefined : call.ifVersion;
    editQueries(store, queries, (document) =>
      ids.has(document._id) && !isOutdated(document, ifVersion)
        ? null
        : document,
    );
  };
}

function changesOf(call: UpdateCall): UpdateArgs[] {
  if ("items" in call) return call.items;
  if ("ids" in call) return call.ids.map((id) => ({ ...call.updates, id }));
  return [call];
}

function withChange(
  document: ShownDocument,
  change: UpdateArgs,
  workingCopy: boolean,
): ShownDocument {
  const { id: _id, ifVersion, unset = [], linkToken: _, ...set } = change;
  if (isOutdated(document, ifVersion)) return document;
  const next = new Map<string, unknown>(Object.entries(document));
  for (const [name, value] of Object.entries(set)) {
    // Convex does not send `undefined`: it changes nothing.
    if (value === undefined) continue;
    // The server stores neither, so a document without them is unchanged.
    if (value === CLEARED.get(name)) next.delete(name);
    else next.set(name, value);
  }
  for (const name of unset) next.delete(name);
  const after = Object.fromEntries(next) as ShownDocument;
  const staged = workingCopy ? withStage(after, document, change) : after;
  // The server writes nothing either.
  if (compareValues(staged, document) === 0) return document;
  // What the server will count: the next call's `ifVersion` is right before the answer to this one.
  return { ...staged, version: document.version + 1, updatedAt: Date.now() };
}

/** Whether the document is ahead of what is published after a change, as the server will say. */
function withStage(
  after: ShownDocument,
  before: ShownDocument,
  { status, unset = [], ...set }: UpdateArgs,
): ShownDocument {
  if (status !== undefined) {
    const { hasDraft: _, ...published } = after;
    return published;
  }
  const names = [...Object.keys(set), ...unset];
  const isEdited = names.some(
    (name) =>
      !COLUMNS.has(name) &&
      compareValues(valueOf(after, name), valueOf(before, name)) !== 0,
  );
  const isAhead = isEdited && before.status === "published";
  return isAhead ? { ...after, hasDraft: true } : after;
}

/** What an update may send beside the host's fields. */
const COLUMNS = new Set([
  "id",
  "ifVersion",
  "linkToken",
  "isPublic",
  "pinned",
  "expiresAt",
]);

function valueOf(document: ShownDocument, name: string): Value | undefined {
  return (document as Record<string, unknown>)[name] as Value | undefined;
}

function isOutdated(
  document: ShownDocument,
  ifVersion: number | undefined,
): boolean {
  return ifVersion !== undefined && ifVersion !== document.version;
}

/** Applies an edit to every document that the client holds. */
function editQueries(
  store: OptimisticLocalStore,
  { get, list, listPublic }: OptimisticQueries,
  edit: Edit,
  editPublic = edit,
): void {
  for (const { args, value } of get ? store.getAllQueries(get) : []) {
    if (get && value) setIfChanged(store, get, args, value, edit(value));
  }
  editPages(
    store,
    list,
    edit,
    ({ status }, document) =>
      status === undefined || status === document.status,
  );
  editPages(
    store,
    listPublic,
    editPublic,
    (_args, document) => document.isPublic && document.status === "published",
  );
}

function editPages(
  store: OptimisticLocalStore,
  query: OptimisticQueries["list"],
  edit: Edit,
  belongs: (args: DefaultFunctionArgs, document: ShownDocument) => boolean,
): void {
  for (const { args, value } of query ? store.getAllQueries(query) : []) {
    if (!query || !value) continue;
    const page = value.page.flatMap((document) => {
      const next = edit(document);
      if (next === document) return [document];
      return next && belongs(args, next) ? [next] : [];
    });
    const same =
      page.length === value.page.length &&
      page.every((d, i) => d === value.page[i]);
    setIfChanged(store, query, args, value, same ? value : { ...value, page });
  }
}

/** Leaves an unchanged value alone: a new object would render for nothing. */
function setIfChanged<Returns>(
  store: OptimisticLocalStore,
  query: DocumentQuery<Returns>,
  args: DefaultFunctionArgs,
  before: Returns,
  after: Returns,
): void {
  if (after !== before) store.setQuery(query, args, after);
}
