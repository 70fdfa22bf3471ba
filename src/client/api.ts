/**
 * Public functions made of the operations.
 *
 * @module
 */
import {
  mutationGeneric,
  queryGeneric,
  type DefaultFunctionArgs,
  type PaginationResult,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import {
  v,
  type GenericValidator,
  type PropertyValidators,
  type Validator,
} from "convex/values";
import { vBulkStarted, type BulkStarted } from "../shared/bulk.js";
import {
  vBatchResult,
  vReverted,
  vWritten,
  type BatchResult,
  type Reverted,
  type Written,
} from "../shared/documents.js";
import type { Members } from "../shared/sharing.js";
import type {
  DocsArgs,
  DocsOperation,
  IdArgs,
  Owned,
  PerhapsOwner,
} from "./arguments.js";
import type { DocumentOf } from "./document.js";
import type { HistoryOperations, IfHistory } from "./history.js";
import type { PublishingOperations } from "./publishing.js";
import type { Operations } from "./operations.js";
import type { Linkable, LinkedHistory, LinkedOperations } from "./links.js";
import {
  vAcceptedResult,
  vNewLinkResult,
  type AcceptedResult,
  type IfShared,
  type NewLinkResult,
  type SharedDocument,
} from "./sharing.js";
import type {
  BulkArgs,
  CountArgs,
  GetByArgs,
  HasUnique,
  ListArgs,
  ListPublicArgs,
  NoViews,
  StageBulkArgs,
} from "./views.js";

/** The functions that `docs.api()` makes: one for each operation, with its arguments and results. */
export type Api<
  F extends PropertyValidators,
  V = NoViews,
  S extends boolean = false,
  Shown extends PropertyValidators = F,
  Id extends string = string,
> = ReturnType<typeof createApi<F, V, S, Shown, Id>>;

/**
 * One public function for each operation, acting as `docs` does.
 *
 * The functions run in the host's app, so their `ctx` has what the host's `identify` and hooks declare, whatever that is.
 */
// eslint-disable-next-line max-lines-per-function -- a table with an entry for each operation
export function createApi<
  F extends PropertyValidators,
  V = NoViews,
  S extends boolean = false,
  Shown extends PropertyValidators = F,
  Id extends string = string,
>(
  docs: Operations<F, never, never, object, V, S, Shown, Id> &
    Linking<S, LinkedOperations<F, never, never, undefined, Shown, Id>>,
  make: Make = makeUnchecked,
) {
  const { mutation, query } = typed(make);
  type Linked = LinkedOperations<F, never, never, undefined, Shown, Id>;
  const linked = linkable<S, Linked>(docs);
  const single = mutation(returned<Written<Id>>(vWritten));
  const batch = mutation(returned<BatchResult<Id>>(vBatchResult));
  return {
    create: single("create", (ctx, args: Owned<S, DocsArgs<"create", F>>) =>
      docs.create(ctx, args),
    ),
    update: single(
      "update",
      linked((by, ctx, args: DocsArgs<"update", F, Id>) =>
        by.update(ctx, args),
      ),
    ),
    remove: single("remove", (ctx, args: IdArgs<"remove", Id>) =>
      docs.remove(ctx, args),
    ),
    restore: single("restore", (ctx, args: IdArgs<"restore", Id>) =>
      docs.restore(ctx, args),
    ),
    purge: single("purge", (ctx, args: IdArgs<"purge", Id>) =>
      docs.purge(ctx, args),
    ),
    transfer: single("transfer", (ctx, args: IdArgs<"transfer", Id>) =>
      docs.transfer(ctx, args),
    ),
    batchCreate: batch("batchCreate", (ctx, args: OwnedBatch<S, F>) =>
      docs.batchCreate(ctx, args),
    ),
    batchUpdate: batch(
      "batchUpdate",
      linked((by, ctx, args: DocsArgs<"batchUpdate", F, Id>) =>
        by.batchUpdate(ctx, args),
      ),
    ),
    batchRemove: batch("batchRemove", (ctx, args: IdArgs<"batchRemove", Id>) =>
      docs.batchRemove(ctx, args),
    ),
    startBulk: mutation(vBulkStarted)(
      "startBulk",
      (ctx, args: Owned<S, BulkArgs<F, V, Id>>) => docs.startBulk(ctx, args),
    ),
    cancelBulk: mutation(v.null())(
      "cancelBulk",
      (ctx, args: DocsArgs<"cancelBulk">) => docs.cancelBulk(ctx, args),
    ),
    bulkStatus: query("bulkStatus", (ctx, args: DocsArgs<"bulkStatus">) =>
      docs.bulkStatus(ctx, args),
    ),
    get: query(
      "get",
      linked((by, ctx, args: IdArgs<"get", Id>) => by.get(ctx, args)),
    ),
    getMany: query(
      "getMany",
      linked((by, ctx, args: IdArgs<"getMany", Id>) => by.getMany(ctx, args)),
    ),
    getByKey: query("getByKey", (ctx, args: Owned<S, DocsArgs<"getByKey">>) =>
      docs.getByKey(ctx, args),
    ),
    can: query(
      "can",
      linked((by, ctx, args: DocsArgs<"can", F, Id>) => by.can(ctx, args)),
    ),
    list: query("list", (ctx, args: Owned<S, ListArgs<F, V>>) =>
      docs.list(ctx, args),
    ),
    listPublic: query("listPublic", (ctx, args: ListPublicArgs<F, V>) =>
      docs.listPublic(ctx, args),
    ),
    listTrash: query(
      "listTrash",
      (ctx, args: Owned<S, DocsArgs<"listTrash">>) => docs.listTrash(ctx, args),
    ),
    count: query("count", (ctx, args: Owned<S, CountArgs<F, V>>) =>
      docs.count(ctx, args),
    ),
    search: query("search", (ctx, args: Owned<S, DocsArgs<"search">>) =>
      docs.search(ctx, args),
    ),
    ...getByOf<F, V, S, Shown, Id>(docs, make),
    ...sharingOf<F, V, S, Shown, Id>(docs, make),
  };
}

/** The arguments of `batchCreate`: each item may say whose it is to be. */
type OwnedBatch<S, F extends PropertyValidators> = S extends true
  ? DocsArgs<"batchCreate", F> & { items: PerhapsOwner<true>[] }
  : DocsArgs<"batchCreate", F>;

/** Operations of the caller, and those of the caller with a link. */
type Linking<S extends boolean, By> = {
  isShared: boolean;
  withLink(token: IfShared<S, unknown>): By;
};

/** Makes functions that take the token of a link beside the operation's arguments, where documents can be shared. */
function linkable<S extends boolean, By>(docs: By & Linking<S, By>) {
  return <Args extends DefaultFunctionArgs, Returns>(
      run: (by: By, ctx: never, args: Args) => Promise<Returns>,
    ) =>
    (ctx: never, args: Linkable<S, Args>): Promise<Returns> => {
      // Plain JavaScript may send anything, and the operation refuses what is no object.
      const given = Object(args) as Args & { linkToken?: unknown };
      if (!docs.isShared || given.linkToken === undefined) {
        return run(docs, ctx, args);
      }
      const { linkToken, ...own } = given;
      const by = docs.withLink(linkToken as IfShared<S, unknown>);
      return run(by, ctx, own as unknown as Args);
    };
}

/** `getBy`, where a view is unique. */
function getByOf<
  F extends PropertyValidators,
  V,
  S extends boolean,
  Shown extends PropertyValidators,
  Id extends string,
>(
  docs: Operations<F, never, never, object, V, S, Shown, Id>,
  make: Make,
): HasUnique<V> extends true
  ? {
      getBy: RegisteredQuery<
        "public",
        Owned<S, GetByArgs<F, V>>,
        Promise<DocumentOf<Shown, Id> | null>
      >;
    }
  : NoViews {
  const { query } = typed(make);
  const getBy = query("getBy", (ctx, args: Owned<S, GetByArgs<F, V>>) =>
    docs.getBy(ctx, args),
  );
  return docs.hasUniqueViews ? { getBy } : {};
}

/** The functions of sharing. */
type SharingApi<Shown extends PropertyValidators, Id extends string> = {
  share: RegisteredMutation<"public", IdArgs<"share", Id>, Promise<null>>;
  unshare: RegisteredMutation<"public", IdArgs<"unshare", Id>, Promise<null>>;
  leave: RegisteredMutation<"public", IdArgs<"leave", Id>, Promise<null>>;
  acceptInvitations: RegisteredMutation<
    "public",
    DocsArgs<"acceptInvitations">,
    Promise<AcceptedResult>
  >;
  createLink: RegisteredMutation<
    "public",
    IdArgs<"createLink", Id>,
    Promise<NewLinkResult>
  >;
  revokeLink: RegisteredMutation<
    "public",
    IdArgs<"revokeLink", Id>,
    Promise<null>
  >;
  members: RegisteredQuery<"public", IdArgs<"members", Id>, Promise<Members>>;
  listShared: RegisteredQuery<
    "public",
    DocsArgs<"listShared">,
    Promise<PaginationResult<SharedDocument<Shown, Id>>>
  >;
};

/** Those that the host's `sharing` asks for. */
function sharingOf<
  F extends PropertyValidators,
  V,
  S extends boolean,
  Shown extends PropertyValidators,
  Id extends string,
>(
  docs: Operations<F, never, never, object, V, S, Shown, Id>,
  make: Make,
): S extends true ? SharingApi<Shown, Id> : object {
  if (!docs.isShared) {
    return {} as ReturnType<typeof sharingOf<F, V, S, Shown, Id>>;
  }
  // It is declared, so the operations take what they take.
  const shared = docs as unknown as Operations<
    F,
    never,
    never,
    object,
    V,
    true,
    Shown,
    Id
  >;
  const { mutation, query } = typed(make);
  const change = mutation(v.null());
  const api: SharingApi<Shown, Id> = {
    share: change("share", (ctx, args: IdArgs<"share", Id>) =>
      shared.share(ctx, args),
    ),
    unshare: change("unshare", (ctx, args: IdArgs<"unshare", Id>) =>
      shared.unshare(ctx, args),
    ),
    leave: change("leave", (ctx, args: IdArgs<"leave", Id>) =>
      shared.leave(ctx, args),
    ),
    acceptInvitations: mutation(vAcceptedResult)(
      "acceptInvitations",
      (ctx, args: DocsArgs<"acceptInvitations">) =>
        shared.acceptInvitations(ctx, args),
    ),
    createLink: mutation(vNewLinkResult)(
      "createLink",
      (ctx, args: IdArgs<"createLink", Id>) => shared.createLink(ctx, args),
    ),
    revokeLink: change("revokeLink", (ctx, args: IdArgs<"revokeLink", Id>) =>
      shared.revokeLink(ctx, args),
    ),
    members: query("members", (ctx, args: IdArgs<"members", Id>) =>
      shared.members(ctx, args),
    ),
    listShared: query("listShared", (ctx, args: DocsArgs<"listShared">) =>
      shared.listShared(ctx, args),
    ),
  };
  return api;
}

/** The functions that `docs.api()` makes besides, with the option `history`. */
export type HistoryApi<
  F extends PropertyValidators,
  S extends boolean = false,
  Id extends string = string,
> = ReturnType<typeof createHistoryApi<F, S, Id>>;

/** See `createApi`. */
export function createHistoryApi<
  F extends PropertyValidators,
  S extends boolean = false,
  Id extends string = string,
>(
  docs: HistoryOperations<F, never, never, Id> &
    Linking<S, LinkedHistory<F, never, never, Id>>,
  make: Make = makeUnchecked,
) {
  const { mutation, query } = typed(make);
  const linked = linkable<S, LinkedHistory<F, never, never, Id>>(docs);
  return {
    listRevisions: query(
      "listRevisions",
      linked((by, ctx, args: IdArgs<"listRevisions", Id>) =>
        by.listRevisions(ctx, args),
      ),
    ),
    getRevision: query(
      "getRevision",
      linked((by, ctx, args: IdArgs<"getRevision", Id>) =>
        by.getRevision(ctx, args),
      ),
    ),
    revert: mutation(returned<Reverted<Id>>(vReverted))(
      "revert",
      linked((by, ctx, args: DocsArgs<"revert", F, Id>) =>
        by.revert(ctx, args),
      ),
    ),
    nameRevision: mutation(v.null())(
      "nameRevision",
      (ctx, args: IdArgs<"nameRevision", Id>) => docs.nameRevision(ctx, args),
    ),
  };
}

/** The functions that `docs.api()` makes besides, with the option `workingCopy`. */
export type PublishingApi<
  F extends PropertyValidators,
  V = NoViews,
  S extends boolean = false,
  Id extends string = string,
> = ReturnType<typeof createPublishingApi<Id>> & {
  startBulk: RegisteredMutation<
    "public",
    Owned<S, BulkArgs<F, V, Id> | StageBulkArgs<F, V, Id>>,
    Promise<BulkStarted>
  >;
};

/** The functions that `docs.api()` makes for these options. */
export type ApiFor<
  F extends PropertyValidators,
  V,
  S extends boolean,
  H,
  W,
  Shown extends PropertyValidators,
  Id extends string = string,
> = IfHistory<H, HistoryApi<F, S, Id>> &
  (W extends true
    ? Omit<Api<F, V, S, Shown, Id>, "startBulk"> & PublishingApi<F, V, S, Id>
    : Api<F, V, S, Shown, Id>);

/** See `createApi`. */
export function createPublishingApi<Id extends string = string>(
  docs: PublishingOperations<never, never, Id>,
  make: Make = makeUnchecked,
) {
  const { mutation, query } = typed(make);
  const single = mutation(returned<Written<Id>>(vWritten));
  const batch = mutation(returned<BatchResult<Id>>(vBatchResult));
  return {
    schedule: mutation(v.object({ scheduleId: v.string() }))(
      "schedule",
      (ctx, args: IdArgs<"schedule", Id>) => docs.schedule(ctx, args),
    ),
    cancelSchedule: mutation(v.null())(
      "cancelSchedule",
      (ctx, args: IdArgs<"cancelSchedule", Id>) =>
        docs.cancelSchedule(ctx, args),
    ),
    schedules: query("schedules", (ctx, args: IdArgs<"schedules", Id>) =>
      docs.schedules(ctx, args),
    ),
    publish: single("publish", (ctx, args: IdArgs<"publish", Id>) =>
      docs.publish(ctx, args),
    ),
    unpublish: single("unpublish", (ctx, args: IdArgs<"unpublish", Id>) =>
      docs.unpublish(ctx, args),
    ),
    discardDraft: single(
      "discardDraft",
      (ctx, args: IdArgs<"discardDraft", Id>) => docs.discardDraft(ctx, args),
    ),
    batchPublish: batch(
      "batchPublish",
      (ctx, args: IdArgs<"batchPublish", Id>) => docs.batchPublish(ctx, args),
    ),
    batchUnpublish: batch(
      "batchUnpublish",
      (ctx, args: IdArgs<"batchUnpublish", Id>) =>
        docs.batchUnpublish(ctx, args),
    ),
    batchDiscardDraft: batch(
      "batchDiscardDraft",
      (ctx, args: IdArgs<"batchDiscardDraft", Id>) =>
        docs.batchDiscardDraft(ctx, args),
    ),
  };
}

/** The validator of an answer, which knows nothing of the brand of its ids. */
function returned<T>(
  validator: GenericValidator,
): Validator<T, "required", string> {
  return validator as Validator<T, "required", string>;
}

/** A function before it is registered. */
export type Definition = {
  operation: DocsOperation | "getBy";
  returns: Validator<unknown, "required", string>;
  handler: (ctx: unknown, args: object) => Promise<unknown>;
};

/** Registers functions. */
export type Make = {
  mutation: (definition: Definition) => unknown;
  query: (definition: Definition) => unknown;
};

/** `make`, typed by what is made. */
function typed(make: Make) {
  const mutation =
    <Returns>(returns: Validator<Returns, "required", string>) =>
    <Args extends DefaultFunctionArgs>(
      operation: Definition["operation"],
      run: (ctx: never, args: Args) => Promise<Returns>,
    ) =>
      make.mutation({
        operation,
        returns: returns as Validator<unknown, "required", string>,
        handler: async (ctx, args) => await run(ctx as never, args as Args),
      }) as RegisteredMutation<"public", Args, Promise<Returns>>;
  const query = <Args extends DefaultFunctionArgs, Returns>(
    operation: Definition["operation"],
    run: (ctx: never, args: Args) => Promise<Returns>,
  ) =>
    make.query({
      operation,
      // A row written before the host changed its fields must stay readable, and one such row must not fail its page.
      returns: v.any(),
      handler: async (ctx, args) => await run(ctx as never, args as Args),
    }) as RegisteredQuery<"public", Args, Promise<Returns>>;
  return { mutation, query };
}

/**
 * Lets every argument through: each operation checks its arguments itself, completely. Convex's check would come first, stop at
 * the first problem, and tell a production client no more than "Server Error".
 */
const makeUnchecked: Make = {
  mutation: ({ returns, handler }) =>
    mutationGeneric({ args: v.any(), returns, handler }),
  query: ({ returns, handler }) =>
    queryGeneric({ args: v.any(), returns, handler }),
};
