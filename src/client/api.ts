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
import { vWritten, type Written } from "../shared/validators.js";
import type {
  CreateArgs,
  DocumentOf,
  GetArgs,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RemoveArgs,
  RunMutationCtx,
  RunQueryCtx,
  UpdateArgs,
} from "./types.js";
import type { Verbs } from "./verbs.js";

type PublicMutation<Args extends DefaultFunctionArgs> = RegisteredMutation<
  "public",
  Args,
  Promise<Written>
>;
type PublicQuery<Args extends DefaultFunctionArgs, Returns> = RegisteredQuery<
  "public",
  Args,
  Promise<Returns>
>;

export type Api<F extends PropertyValidators> = {
  create: PublicMutation<CreateArgs<F>>;
  update: PublicMutation<UpdateArgs<F>>;
  remove: PublicMutation<RemoveArgs>;
  get: PublicQuery<GetArgs, DocumentOf<F> | null>;
  list: PublicQuery<ListArgs, PageOf<F>>;
  listPublic: PublicQuery<ListPublicArgs, PageOf<F>>;
};

/**
 * A validator that lets everything through, typed as what the operation takes: it checks its arguments itself, completely.
 * Convex's check would come first, stop at the first problem, and tell a production client no more than "Server Error".
 */
function unchecked<Args>(): Validator<Args, "required", string> {
  return v.any() as Validator<Args, "required", string>;
}

/** One public function for each operation, acting as `docs` does. */
export function createApi<F extends PropertyValidators, Ctx>(
  docs: Verbs<F, Ctx>,
): Api<F> {
  // The functions run in the host's app, so their `ctx` is the host's: the one that `identify` declares.
  const mutation = <Args extends DefaultFunctionArgs>(
    run: (ctx: Ctx & RunMutationCtx, args: Args) => Promise<Written>,
  ): PublicMutation<Args> =>
    mutationGeneric({
      args: unchecked<Args>(),
      returns: vWritten,
      handler: async (ctx, args) => await run(ctx as typeof ctx & Ctx, args),
    });
  const query = <Args extends DefaultFunctionArgs, Returns>(
    run: (ctx: Ctx & RunQueryCtx, args: Args) => Promise<Returns>,
  ): PublicQuery<Args, Returns> =>
    queryGeneric({
      args: unchecked<Args>(),
      // A row written before the host changed its fields must stay readable, and one such row must not fail its page.
      returns: v.any(),
      handler: async (ctx, args) => await run(ctx as typeof ctx & Ctx, args),
    });
  return {
    create: mutation<CreateArgs<F>>((ctx, args) => docs.create(ctx, args)),
    update: mutation<UpdateArgs<F>>((ctx, args) => docs.update(ctx, args)),
    remove: mutation<RemoveArgs>((ctx, args) => docs.remove(ctx, args)),
    get: query<GetArgs, DocumentOf<F> | null>((ctx, args) =>
      docs.get(ctx, args),
    ),
    list: query<ListArgs, PageOf<F>>((ctx, args) => docs.list(ctx, args)),
    listPublic: query<ListPublicArgs, PageOf<F>>((ctx, args) =>
      docs.listPublic(ctx, args),
    ),
  };
}
