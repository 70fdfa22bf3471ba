/**
 * Public functions made of the operations.
 *
 * @module
 */
import {
  mutationGeneric,
  queryGeneric,
  type DefaultFunctionArgs,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import { v, type PropertyValidators, type Validator } from "convex/values";
import { vBulkStarted } from "../shared/bulk.js";
import { vBatchResult, vWritten } from "../shared/documents.js";
import type { DocsArgs } from "./arguments.js";
import type { DocumentOf } from "./document.js";
import type { Operations } from "./operations.js";
import type {
  CountArgs,
  GetByArgs,
  HasUnique,
  ListArgs,
  ListPublicArgs,
  NoViews,
} from "./views.js";

/** The functions that `docs.api()` makes: one for each operation, with its arguments and results. */
export type Api<F extends PropertyValidators, V = NoViews> = ReturnType<
  typeof createApi<F, V>
>;

/**
 * One public function for each operation, acting as `docs` does.
 *
 * The functions run in the host's app, so their `ctx` has what the host's `identify` and hooks declare, whatever that is.
 */
export function createApi<F extends PropertyValidators, V = NoViews>(
  docs: Operations<F, never, never, object, V>,
) {
  const single = mutation(vWritten);
  const batch = mutation(vBatchResult);
  return {
    create: single((ctx, args: DocsArgs<"create", F>) =>
      docs.create(ctx, args),
    ),
    update: single((ctx, args: DocsArgs<"update", F>) =>
      docs.update(ctx, args),
    ),
    remove: single((ctx, args: DocsArgs<"remove">) => docs.remove(ctx, args)),
    restore: single((ctx, args: DocsArgs<"restore">) =>
      docs.restore(ctx, args),
    ),
    purge: single((ctx, args: DocsArgs<"purge">) => docs.purge(ctx, args)),
    transfer: single((ctx, args: DocsArgs<"transfer">) =>
      docs.transfer(ctx, args),
    ),
    batchCreate: batch((ctx, args: DocsArgs<"batchCreate", F>) =>
      docs.batchCreate(ctx, args),
    ),
    batchUpdate: batch((ctx, args: DocsArgs<"batchUpdate", F>) =>
      docs.batchUpdate(ctx, args),
    ),
    batchRemove: batch((ctx, args: DocsArgs<"batchRemove">) =>
      docs.batchRemove(ctx, args),
    ),
    startBulk: mutation(vBulkStarted)((ctx, args: DocsArgs<"startBulk", F>) =>
      docs.startBulk(ctx, args),
    ),
    cancelBulk: mutation(v.null())((ctx, args: DocsArgs<"cancelBulk">) =>
      docs.cancelBulk(ctx, args),
    ),
    bulkStatus: query((ctx, args: DocsArgs<"bulkStatus">) =>
      docs.bulkStatus(ctx, args),
    ),
    get: query((ctx, args: DocsArgs<"get">) => docs.get(ctx, args)),
    getMany: query((ctx, args: DocsArgs<"getMany">) => docs.getMany(ctx, args)),
    getByKey: query((ctx, args: DocsArgs<"getByKey">) =>
      docs.getByKey(ctx, args),
    ),
    can: query((ctx, args: DocsArgs<"can", F>) => docs.can(ctx, args)),
    list: query((ctx, args: ListArgs<F, V>) => docs.list(ctx, args)),
    listPublic: query((ctx, args: ListPublicArgs<F, V>) =>
      docs.listPublic(ctx, args),
    ),
    listTrash: query((ctx, args: DocsArgs<"listTrash">) =>
      docs.listTrash(ctx, args),
    ),
    count: query((ctx, args: CountArgs<F, V>) => docs.count(ctx, args)),
    search: query((ctx, args: DocsArgs<"search">) => docs.search(ctx, args)),
    ...getByOf(docs),
  };
}

/** `getBy`, where a view is unique. */
function getByOf<F extends PropertyValidators, V>(
  docs: Operations<F, never, never, object, V>,
): HasUnique<V> extends true
  ? {
      getBy: RegisteredQuery<
        "public",
        GetByArgs<F, V>,
        Promise<DocumentOf<F> | null>
      >;
    }
  : NoViews {
  const getBy = query((ctx, args: GetByArgs<F, V>) => docs.getBy(ctx, args));
  return docs.hasUniqueViews ? { getBy } : {};
}

function mutation<Returns>(returns: Validator<Returns, "required", string>) {
  return <Args extends DefaultFunctionArgs>(
    run: (ctx: never, args: Args) => Promise<Returns>,
  ): RegisteredMutation<"public", Args, Promise<Returns>> =>
    mutationGeneric({
      args: unchecked<Args>(),
      returns: returns as Validator<unknown, "required", string>,
      handler: async (ctx, args) => await run(ctx as never, args),
    });
}

function query<Args extends DefaultFunctionArgs, Returns>(
  run: (ctx: never, args: Args) => Promise<Returns>,
): RegisteredQuery<"public", Args, Promise<Returns>> {
  return queryGeneric({
    args: unchecked<Args>(),
    // A row written before the host changed its fields must stay readable, and one such row must not fail its page.
    returns: v.any(),
    handler: async (ctx, args) => await run(ctx as never, args),
  });
}

/**
 * A validator that lets everything through, typed as what the operation takes: it checks its arguments itself, completely.
 * Convex's check would come first, stop at the first problem, and tell a production client no more than "Server Error".
 */
function unchecked<Args>(): Validator<Args, "required", string> {
  return v.any() as Validator<Args, "required", string>;
}
