/**
 * What can be done with documents, whoever does it. Each method is one call into the component, so it composes with the
 * host's own reads and writes in one transaction.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import { fail, notFound } from "../shared/failures.js";
import type {
  Actor,
  Change,
  Draft,
  Outcome,
  Written,
} from "../shared/validators.js";
import {
  checkArguments,
  splitFields,
  type ArgumentShapes,
} from "./arguments.js";
import { flatten, flattenPage, type Core } from "./core.js";
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

/**
 * The operations of one actor. `Ctx` is what the actor is found from; `Extra` is what `create` and `list` need besides:
 * nothing for a caller, the owner's id for the system.
 */
export class Verbs<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
> {
  /** @internal Made by `Docs`. */
  constructor(
    protected readonly core: Core<F>,
    private readonly shapes: ArgumentShapes,
    private readonly actor: (ctx: Ctx) => Promise<Actor> | Actor,
  ) {}

  /**
   * Creates a document that belongs to whoever acts.
   *
   * @returns its id, and its version: 1
   * @throws UNAUTHORIZED when nobody is signed in; VALIDATION_FAILED with every problem of the fields
   * @example
   * ```ts
   * const { id } = await docs.create(ctx, { title: "Plan", content: "" });
   * ```
   */
  async create(
    ctx: Ctx & RunMutationCtx,
    args: CreateArgs<F> & Extra,
  ): Promise<Written> {
    const { component, shape, fields } = this.core;
    const actor = await this.actor(ctx);
    checkArguments(this.shapes.create, args);
    const { own, ours } = splitFields(fields, args);
    const draft = { ...ours, fields: own } as Draft;
    const call = { actor, shape, mode: "single" as const, items: [draft] };
    return only(await ctx.runMutation(component.documents.create, call));
  }

  /**
   * Changes some fields of a document. Absent fields stay as they are; `unset` deletes optional ones; the whole merged
   * document is validated. A change that changes nothing writes nothing and keeps the version.
   *
   * @returns its id, and its version after the write
   * @throws UNAUTHORIZED; NOT_FOUND when it is not there or not visible; FORBIDDEN when it is somebody else's public
   * document; CONFLICT when `ifVersion` is no longer its version; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.update(ctx, { id, title: "Plan B", unset: ["summary"], ifVersion: 3 });
   * ```
   */
  async update(
    ctx: Ctx & RunMutationCtx,
    args: UpdateArgs<F>,
  ): Promise<Written> {
    const { component, shape, fields } = this.core;
    const actor = await this.actor(ctx);
    checkArguments(this.shapes.update, args);
    const { own, ours } = splitFields(fields, args);
    const change = { unset: [], ...ours, set: own } as unknown as Change;
    const call = { actor, shape, mode: "single" as const, items: [change] };
    return only(await ctx.runMutation(component.documents.update, call));
  }

  /**
   * Deletes a document.
   *
   * @returns its id, and the version that was deleted
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT: each as in `update`
   * @example
   * ```ts
   * await docs.remove(ctx, { id });
   * ```
   */
  async remove(ctx: Ctx & RunMutationCtx, args: RemoveArgs): Promise<Written> {
    const actor = await this.actor(ctx);
    checkArguments(this.shapes.remove, args);
    const call = { actor, mode: "single" as const, items: [args] };
    const { documents } = this.core.component;
    return only(await ctx.runMutation(documents.remove, call));
  }

  /**
   * Reads a document.
   *
   * @returns `null` when there is none that whoever acts may see: a throw in a query would reach the React error boundary
   * @example
   * ```ts
   * const document = await docs.get(ctx, { id });
   * if (document) console.log(document.title, document.version);
   * ```
   */
  async get(
    ctx: Ctx & RunQueryCtx,
    args: GetArgs,
  ): Promise<DocumentOf<F> | null> {
    const actor = await this.actor(ctx);
    checkArguments(this.shapes.get, args);
    const { documents } = this.core.component;
    const call = { actor, id: args.id };
    const document = await ctx.runQuery(documents.get, call);
    return document && flatten<F>(document);
  }

  /**
   * Reads a document that has to be there.
   *
   * @throws NOT_FOUND when there is none that whoever acts may see
   * @example
   * ```ts
   * const { title } = await docs.getOrThrow(ctx, { id });
   * ```
   */
  async getOrThrow(
    ctx: Ctx & RunQueryCtx,
    args: GetArgs,
  ): Promise<DocumentOf<F>> {
    const document = await this.get(ctx, args);
    if (document === null) throw fail(notFound(args.id));
    return document;
  }

  /**
   * A page of the actor's own documents, by last change. Works with `usePaginatedQuery` of `convex-helpers/react`.
   *
   * @throws UNAUTHORIZED when nobody is signed in; INVALID_CURSOR for a cursor that is not ours; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page, isDone, continueCursor } = await docs.list(ctx, {
   *   status: "draft",
   *   paginationOpts: { numItems: 20, cursor: null },
   * });
   * ```
   */
  async list(
    ctx: Ctx & RunQueryCtx,
    args: ListArgs & Extra,
  ): Promise<PageOf<F>> {
    const actor = await this.actor(ctx);
    checkArguments(this.shapes.list, args);
    const call = { actor, scope: "own" as const, order: NEWEST, ...args };
    const { documents } = this.core.component;
    return flattenPage(await ctx.runQuery(documents.list, call));
  }

  /**
   * A page of the documents that anybody may read, signed in or not: public and published, by last change.
   *
   * @throws INVALID_CURSOR for a cursor that is not ours; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listPublic(ctx, { paginationOpts });
   * ```
   */
  async listPublic(
    ctx: Ctx & RunQueryCtx,
    args: ListPublicArgs,
  ): Promise<PageOf<F>> {
    const actor = await this.actor(ctx);
    checkArguments(this.shapes.listPublic, args);
    const call = { actor, scope: "public" as const, order: NEWEST, ...args };
    const { documents } = this.core.component;
    return flattenPage(await ctx.runQuery(documents.list, call));
  }
}

const NEWEST = "desc" as const;

/** What became of the one item of a `single` call. The component throws its refusal, so it went well. */
function only(outcomes: Outcome[]): Written {
  const [outcome] = outcomes;
  if (!outcome?.ok) throw new Error("convex-docs: one call, not one outcome.");
  return { id: outcome.id, version: outcome.version };
}
