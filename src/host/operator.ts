/**
 * Builds the functions of an operator's page and command line.
 *
 * @module
 */
import {
  internalMutationGeneric,
  internalQueryGeneric,
  mutationGeneric,
  paginationOptsValidator,
  paginationResultValidator,
  queryGeneric,
  type FunctionVisibility,
  type GenericDataModel,
  type GenericMutationCtx,
  type GenericQueryCtx,
  type PaginationOptions,
  type PaginationResult,
  type RegisteredMutation,
  type RegisteredQuery,
} from "convex/server";
import {
  v,
  type GenericValidator,
  type Infer,
  type ObjectType,
  type PropertyValidators,
  type Validator,
  type Value,
} from "convex/values";

/** How an operator's functions are made. */
export type OperatorOptions<Ctx> = {
  /** Called before each function, with its `ctx`. Throws to refuse the caller. */
  authorize: (ctx: Ctx) => Promise<void> | void;
};

type QueryCtx = GenericQueryCtx<GenericDataModel>;
type MutationCtx = GenericMutationCtx<GenericDataModel>;

type Definition<
  Ctx,
  Args extends PropertyValidators,
  Returns extends GenericValidator,
> = {
  args: Args;
  returns: Returns;
  /** Nothing is `null`, as in Convex. */
  handler: (
    ctx: Ctx,
    args: ObjectType<Args>,
  ) => Promise<Infer<Returns>> | Promise<void>;
};

/** Builds public functions that call `authorize` first, or internal functions without it. */
export class OperatorBuilder<Visibility extends FunctionVisibility> {
  readonly #authorize: OperatorOptions<never>["authorize"] | undefined;

  constructor(authorize: OperatorOptions<never>["authorize"] | undefined) {
    this.#authorize = authorize;
  }

  /** A query. */
  query<Args extends PropertyValidators, Returns extends GenericValidator>({
    handler,
    ...definition
  }: Definition<QueryCtx, Args, Returns>) {
    const build = this.#authorize ? queryGeneric : internalQueryGeneric;
    const registered: unknown = build({
      ...definition,
      handler: this.#guarded(handler),
    } as never);
    return registered as RegisteredQuery<
      Visibility,
      ObjectType<Args>,
      Promise<Infer<Returns>>
    >;
  }

  /** A query of a page of `item`. An internal one has a default, the first page. */
  page<Args extends PropertyValidators, Item extends Value>(
    args: Args,
    item: Validator<Item, "required", string>,
    handler: (
      ctx: QueryCtx,
      args: ObjectType<Args> & { paginationOpts: PaginationOptions },
    ) => Promise<PaginationResult<Item>>,
  ) {
    const registered: unknown = this.query({
      args: { ...args, paginationOpts: v.optional(paginationOptsValidator) },
      returns: paginationResultValidator(item),
      handler: (
        ctx: QueryCtx,
        { paginationOpts = FIRST_PAGE, ...filter }: PageArgs<"internal">,
      ) => handler(ctx, { ...filter, paginationOpts } as never),
    });
    return registered as RegisteredQuery<
      Visibility,
      ObjectType<Args> & PageArgs<Visibility>,
      Promise<PaginationResult<Item>>
    >;
  }

  /** A mutation. */
  mutation<Args extends PropertyValidators, Returns extends GenericValidator>({
    handler,
    ...definition
  }: Definition<MutationCtx, Args, Returns>) {
    const build = this.#authorize ? mutationGeneric : internalMutationGeneric;
    const registered: unknown = build({
      ...definition,
      handler: this.#guarded(handler),
    } as never);
    return registered as RegisteredMutation<
      Visibility,
      ObjectType<Args>,
      Promise<Infer<Returns>>
    >;
  }

  #guarded<Ctx, Args, Result>(
    handler: (ctx: Ctx, args: Args) => Promise<Result>,
  ) {
    return async (ctx: Ctx, args: Args) => {
      // The host's functions run with the host's `ctx`, which is the one that `authorize` declares.
      await this.#authorize?.(ctx as never);
      return await handler(ctx, args);
    };
  }
}

/** Convex's hooks for pages take a function only if its `paginationOpts` are required. */
type PageArgs<Visibility extends FunctionVisibility> =
  Visibility extends "public"
    ? { paginationOpts: PaginationOptions }
    : { paginationOpts?: PaginationOptions };

const FIRST_PAGE: PaginationOptions = { cursor: null, numItems: 50 };
