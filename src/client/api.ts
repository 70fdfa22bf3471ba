/**
 * Public functions made of the operations.
 *
 * @module
 */
import type { RunQueryCtx, RunMutationCtx } from "../host/component.js";
import {
  mutationGeneric,
  queryGeneric,
  type DefaultFunctionArgs,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import { v, type PropertyValidators, type Validator } from "convex/values";
import { vJob, type BulkStatus } from "../shared/bulk.js";
import {
  vBatchResult,
  vWritten,
  type BatchResult,
  type Counted,
  type Written,
} from "../shared/documents.js";
import type { Operations } from "./operations.js";
import type {
  BatchCreateArgs,
  BatchRemoveArgs,
  BatchUpdateArgs,
  BulkArgs,
  CountArgs,
  CreateArgs,
  DocumentOf,
  GetArgs,
  GetByKeyArgs,
  GetManyArgs,
  JobArgs,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RemoveArgs,
  SearchArgs,
  TargetArgs,
  TransferArgs,
  UpdateArgs,
} from "./types.js";

type Mutation<Args extends DefaultFunctionArgs, Returns> = RegisteredMutation<
  "public",
  Args,
  Promise<Returns>
>;
type Query<Args extends DefaultFunctionArgs, Returns> = RegisteredQuery<
  "public",
  Args,
  Promise<Returns>
>;

/** The functions that `docs.api()` makes: one for each operation, with its arguments and results. */
export type Api<F extends PropertyValidators> = {
  create: RegisteredMutation<"public", CreateArgs<F>, Promise<Written>>;
  update: RegisteredMutation<"public", UpdateArgs<F>, Promise<Written>>;
  remove: RegisteredMutation<"public", RemoveArgs, Promise<Written>>;
  restore: RegisteredMutation<"public", TargetArgs, Promise<Written>>;
  purge: RegisteredMutation<"public", TargetArgs, Promise<Written>>;
  transfer: RegisteredMutation<"public", TransferArgs, Promise<Written>>;
  batchCreate: RegisteredMutation<
    "public",
    BatchCreateArgs<F, object>,
    Promise<BatchResult>
  >;
  batchUpdate: RegisteredMutation<
    "public",
    BatchUpdateArgs<F>,
    Promise<BatchResult>
  >;
  batchRemove: RegisteredMutation<
    "public",
    BatchRemoveArgs,
    Promise<BatchResult>
  >;
  startBulk: RegisteredMutation<"public", BulkArgs<F>, Promise<JobArgs>>;
  cancelBulk: RegisteredMutation<"public", JobArgs, Promise<null>>;
  bulkStatus: RegisteredQuery<"public", JobArgs, Promise<BulkStatus | null>>;
  get: RegisteredQuery<"public", GetArgs, Promise<DocumentOf<F> | null>>;
  getMany: RegisteredQuery<
    "public",
    GetManyArgs,
    Promise<(DocumentOf<F> | null)[]>
  >;
  getByKey: RegisteredQuery<
    "public",
    GetByKeyArgs,
    Promise<DocumentOf<F> | null>
  >;
  list: RegisteredQuery<"public", ListArgs, Promise<PageOf<F>>>;
  listPublic: RegisteredQuery<"public", ListPublicArgs, Promise<PageOf<F>>>;
  listTrash: RegisteredQuery<"public", ListPublicArgs, Promise<PageOf<F>>>;
  count: RegisteredQuery<"public", CountArgs, Promise<Counted>>;
  search: RegisteredQuery<"public", SearchArgs, Promise<DocumentOf<F>[]>>;
};

/**
 * A validator that lets everything through, typed as what the operation takes: it checks its arguments itself, completely.
 * Convex's check would come first, stop at the first problem, and tell a production client no more than "Server Error".
 */
function unchecked<Args>(): Validator<Args, "required", string> {
  return v.any() as Validator<Args, "required", string>;
}

/** One public function for each operation, acting as `docs` does. */
export function createApi<F extends PropertyValidators, Ctx, ChangeCtx>(
  docs: Operations<F, Ctx, object, ChangeCtx>,
): Api<F> {
  // The functions run in the host's app, so their `ctx` is the host's: the one that its hooks declare.
  const mutation =
    <Returns>(returns: Validator<Returns, "required", string>) =>
    <Args extends DefaultFunctionArgs>(
      run: (
        ctx: Ctx & ChangeCtx & RunMutationCtx,
        args: Args,
      ) => Promise<Returns>,
    ): Mutation<Args, Returns> =>
      mutationGeneric({
        args: unchecked<Args>(),
        returns: returns as Validator<unknown, "required", string>,
        handler: async (ctx, args) =>
          await run(ctx as typeof ctx & Ctx & ChangeCtx, args),
      });
  const query = <Args extends DefaultFunctionArgs, Returns>(
    run: (ctx: Ctx & RunQueryCtx, args: Args) => Promise<Returns>,
  ): Query<Args, Returns> =>
    queryGeneric({
      args: unchecked<Args>(),
      // A row written before the host changed its fields must stay readable, and one such row must not fail its page.
      returns: v.any(),
      handler: async (ctx, args) => await run(ctx as typeof ctx & Ctx, args),
    });
  const single = mutation(vWritten);
  const batch = mutation(vBatchResult);
  return {
    create: single((ctx, args: CreateArgs<F>) => docs.create(ctx, args)),
    update: single((ctx, args: UpdateArgs<F>) => docs.update(ctx, args)),
    remove: single((ctx, args: RemoveArgs) => docs.remove(ctx, args)),
    restore: single((ctx, args: TargetArgs) => docs.restore(ctx, args)),
    purge: single((ctx, args: TargetArgs) => docs.purge(ctx, args)),
    transfer: single((ctx, args: TransferArgs) => docs.transfer(ctx, args)),
    batchCreate: batch((ctx, args: BatchCreateArgs<F, object>) =>
      docs.batchCreate(ctx, args),
    ),
    batchUpdate: batch((ctx, args: BatchUpdateArgs<F>) =>
      docs.batchUpdate(ctx, args),
    ),
    batchRemove: batch((ctx, args: BatchRemoveArgs) =>
      docs.batchRemove(ctx, args),
    ),
    startBulk: mutation(vJob)((ctx, args: BulkArgs<F>) =>
      docs.startBulk(ctx, args),
    ),
    cancelBulk: mutation(v.null())((ctx, args: JobArgs) =>
      docs.cancelBulk(ctx, args),
    ),
    bulkStatus: query((ctx, args: JobArgs) => docs.bulkStatus(ctx, args)),
    get: query((ctx, args: GetArgs) => docs.get(ctx, args)),
    getMany: query((ctx, args: GetManyArgs) => docs.getMany(ctx, args)),
    getByKey: query((ctx, args: GetByKeyArgs) => docs.getByKey(ctx, args)),
    list: query((ctx, args: ListArgs) => docs.list(ctx, args)),
    listPublic: query((ctx, args: ListPublicArgs) =>
      docs.listPublic(ctx, args),
    ),
    listTrash: query((ctx, args: ListPublicArgs) => docs.listTrash(ctx, args)),
    count: query((ctx, args: CountArgs) => docs.count(ctx, args)),
    search: query((ctx, args: SearchArgs) => docs.search(ctx, args)),
  };
}
