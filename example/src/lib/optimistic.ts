import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionArgs } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import type { AppDocument } from "./document.js";

/** Shows a change before the server has answered, wherever the document is on the page. Convex takes it back if refused. */
export function showUpdate(
  store: OptimisticLocalStore,
  args: FunctionArgs<typeof api.documents.update>,
): void {
  const { id, unset = [], ...change } = args;
  const apply = (document: AppDocument): AppDocument => {
    const changed = { ...document, ...change };
    for (const name of [...unset, "ifVersion"]) {
      Reflect.deleteProperty(changed, name);
    }
    return changed;
  };
  const open = store.getQuery(api.documents.get, { id });
  if (open) store.setQuery(api.documents.get, { id }, apply(open));
  changeLists(store, (document) =>
    document._id === id ? apply(document) : document,
  );
}

/** Takes a document out of every list before the server has answered. */
export function showRemoval(
  store: OptimisticLocalStore,
  { id }: FunctionArgs<typeof api.documents.remove>,
): void {
  changeLists(store, (document) => (document._id === id ? null : document));
}

/** Applies a change to every loaded page, and drops what no longer belongs on it. */
function changeLists(
  store: OptimisticLocalStore,
  change: (document: AppDocument) => AppDocument | null,
): void {
  for (const { args, value } of store.getAllQueries(api.documents.list)) {
    if (value === undefined) continue;
    const page = changePage(
      value.page,
      change,
      ({ status }) => args.status === undefined || status === args.status,
    );
    store.setQuery(api.documents.list, args, { ...value, page });
  }
  for (const { args, value } of store.getAllQueries(api.documents.listPublic)) {
    if (value === undefined) continue;
    const page = changePage(
      value.page,
      change,
      ({ status, isPublic }) => isPublic && status === "published",
    );
    store.setQuery(api.documents.listPublic, args, { ...value, page });
  }
}

function changePage(
  page: AppDocument[],
  change: (document: AppDocument) => AppDocument | null,
  belongs: (document: AppDocument) => boolean,
): AppDocument[] {
  return page
    .map(change)
    .filter((document) => document !== null)
    .filter(belongs);
}
