/**
 * Changes on the screen before the server has made them. Convex takes them back by itself when the server refuses, and when
 * its own answer has arrived.
 *
 * @module
 */
import type { OptimisticLocalStore } from "convex/browser";
import type {
  DefaultFunctionArgs,
  FunctionReference,
  PaginationResult,
} from "convex/server";
import { compareValues } from "convex/values";

type Query<Returns> = FunctionReference<
  "query",
  "public",
  DefaultFunctionArgs,
  Returns
>;

/** What is read and written here of a document, beside the host's own fields. */
type Shown = {
  _id: string;
  version: number;
  updatedAt: number;
  status: string;
  isPublic: boolean;
};

/** The host's queries that show documents, as `docs.api()` makes them. Those that a page does not use do no harm. */
export type OptimisticQueries = {
  get?: Query<Shown | null>;
  list?: Query<PaginationResult<Shown>>;
  listPublic?: Query<PaginationResult<Shown>>;
};

/** One document's change, as `update` takes it. */
type Change = {
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

/** A document as it is to be shown; `null` if it is not to be. */
type Edit = (document: Shown) => Shown | null;

/**
 * Shows an update, single or batch, at once: in the document itself and in every page that holds it. It stays where it is in
 * its list until the server says where it belongs, and leaves a list that it does not belong to any more. A version that is
 * outdated already is not shown: the server is going to refuse it.
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
): (store: OptimisticLocalStore, call: UpdateCall) => void {
  return (store, call) => {
    const changes = new Map(
      changesOf(call).map((change) => [change.id, change]),
    );
    editQueries(store, queries, (document) => {
      const change = changes.get(document._id);
      return change ? withChange(document, change) : document;
    });
  };
}

/**
 * Takes documents that are being removed off the screen at once: `useDocument` says that they are missing, and pages close
 * over them.
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

function changesOf(call: UpdateCall): Change[] {
  if ("items" in call) return call.items;
  if ("ids" in call) return call.ids.map((id) => ({ ...call.updates, id }));
  return [call];
}

function withChange(document: Shown, change: Change): Shown {
  const { id: _id, ifVersion, unset = [], ...set } = change;
  if (isOutdated(document, ifVersion)) return document;
  const next = new Map<string, unknown>(Object.entries(document));
  for (const [name, value] of Object.entries(set)) {
    // On its way to the server `undefined` is lost: it changes nothing.
    if (value !== undefined) next.set(name, value);
  }
  for (const name of unset) next.delete(name);
  const after = Object.fromEntries(next) as Shown;
  // The server writes nothing then either.
  if (compareValues(after, document) === 0) return document;
  // What the server will count: the next call's `ifVersion` is right before the answer to this one.
  return { ...after, version: document.version + 1, updatedAt: Date.now() };
}

function isOutdated(document: Shown, ifVersion: number | undefined): boolean {
  return ifVersion !== undefined && ifVersion !== document.version;
}

/** Puts every document that the client holds through an edit. */
function editQueries(
  store: OptimisticLocalStore,
  { get, list, listPublic }: OptimisticQueries,
  change: Edit,
): void {
  for (const { args, value } of get ? store.getAllQueries(get) : []) {
    if (get && value) put(store, get, args, value, change(value));
  }
  editPages(
    store,
    list,
    change,
    ({ status }, document) =>
      status === undefined || status === document.status,
  );
  editPages(
    store,
    listPublic,
    change,
    (_args, document) => document.isPublic && document.status === "published",
  );
}

function editPages(
  store: OptimisticLocalStore,
  query: OptimisticQueries["list"],
  change: Edit,
  belongs: (args: DefaultFunctionArgs, document: Shown) => boolean,
): void {
  for (const { args, value } of query ? store.getAllQueries(query) : []) {
    if (!query || !value) continue;
    const page = value.page.flatMap((document) => {
      const next = change(document);
      if (next === document) return [document];
      return next && belongs(args, next) ? [next] : [];
    });
    const same =
      page.length === value.page.length &&
      page.every((d, i) => d === value.page[i]);
    put(store, query, args, value, same ? value : { ...value, page });
  }
}

/** Leaves what has not changed alone: a new object would render for nothing. */
function put<Returns>(
  store: OptimisticLocalStore,
  query: Query<Returns>,
  args: DefaultFunctionArgs,
  before: Returns,
  after: Returns,
): void {
  if (after !== before) store.setQuery(query, args, after);
}
