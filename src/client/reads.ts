/**
 * Reading documents that are known by name. Each method is one call into the component.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import { mayRead } from "../shared/access.js";
import { batchTooLarge, fail, notFound } from "../shared/failures.js";
import { mapped } from "../shared/mapped.js";
import type { Actor, StoredDocument } from "../shared/validators.js";
import { checkArguments, type ArgumentShapes } from "./arguments.js";
import { flatten, type Core } from "./core.js";
import { invoke } from "./invoke.js";
import { isAllowed } from "./access.js";
import { SYSTEM } from "./load.js";
import type {
  DocumentOf,
  GetArgs,
  GetByKeyArgs,
  GetManyArgs,
  RunQueryCtx,
} from "./types.js";

/**
 * The operations of one actor, layer by layer: `Reads`, `Lists`, `Writes`, `Batches`, and all of them as `Operations`. `Ctx` is what the actor is found from; `Extra` is what some operations need
 * besides: nothing for a caller, the owner's id for the system.
 */
export class Reads<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> {
  /**
   * Made by `Docs`.
   *
   * @internal
   */
  constructor(
    protected readonly core: Core<F, Ctx, ChangeCtx>,
    protected readonly shapes: ArgumentShapes,
    protected readonly actor: (ctx: Ctx) => Promise<Actor> | Actor,
  ) {}

  /**
   * Reads a document.
   *
   * @returns `null` when there is none that whoever acts may see: a throw in a query would reach the React error boundary
   * @throws VALIDATION_FAILED when `id` is not a string
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
    return await this.ask("get", args, async () => {
      const [document] = await this.readMany(ctx, [args.id]);
      return document ?? null;
    });
  }

  /**
   * Reads a document that has to be there.
   *
   * @throws NOT_FOUND when there is none that whoever acts may see; VALIDATION_FAILED
   * @example
   * ```ts
   * const { title } = await docs.getOrThrow(ctx, { id });
   * ```
   */
  async getOrThrow(
    ctx: Ctx & RunQueryCtx,
    args: GetArgs,
  ): Promise<DocumentOf<F>> {
    return await this.ask("get", args, async () => {
      const document = await this.get(ctx, args);
      if (document === null) throw fail(notFound(args.id));
      return document;
    });
  }

  /**
   * Reads some documents: up to 43, or fewer where `maxDocumentBytes` is raised, so that the largest fit one transaction.
   *
   * @returns one entry an id, in order: `null` for each that whoever acts may not see
   * @throws BATCH_TOO_LARGE; VALIDATION_FAILED
   * @example
   * ```ts
   * const [first, second] = await docs.getMany(ctx, { ids: [a, b] });
   * ```
   */
  async getMany(
    ctx: Ctx & RunQueryCtx,
    args: GetManyArgs,
  ): Promise<(DocumentOf<F> | null)[]> {
    const run = () => this.readMany(ctx, args.ids);
    const { maxGetItems } = this.core;
    return await this.ask("getMany", args, run, maxGetItems);
  }

  /**
   * Reads the document that its owner calls by this key.
   *
   * @returns `null` when the actor has none
   * @throws UNAUTHORIZED when nobody is signed in; VALIDATION_FAILED
   * @example
   * ```ts
   * const settings = await docs.getByKey(ctx, { key: "settings" });
   * ```
   */
  async getByKey(
    ctx: Ctx & RunQueryCtx,
    args: GetByKeyArgs & Extra,
  ): Promise<DocumentOf<F> | null> {
    return await this.ask("getByKey", args, async () => {
      const actor = await this.actor(ctx);
      const { getByKey } = this.core.component.documents;
      const found = await invoke(() =>
        ctx.runQuery(getByKey, { actor, ...args }),
      );
      const [document] = await this.admit(ctx, actor, [found]);
      return document ?? null;
    });
  }

  /** Checks the arguments (of a batch, first their number), does what they ask, and lets the host word what went wrong. */
  protected async ask<T>(
    operation: keyof ArgumentShapes,
    args: object,
    run: () => Promise<T>,
    limit = Infinity,
  ): Promise<T> {
    return await mapped(this.core.mapError, async () => {
      checkSize(args, limit);
      checkArguments(this.shapes[operation], args);
      return await run();
    });
  }

  private async readMany(
    ctx: Ctx & RunQueryCtx,
    ids: string[],
  ): Promise<(DocumentOf<F> | null)[]> {
    const actor = await this.actor(ctx);
    const { get } = this.core.component.documents;
    // With an `access` hook, the host decides, and has to see the document to do so.
    const reader = this.core.hooks.access ? SYSTEM : actor;
    const call = { actor: reader, ids };
    const found = await invoke(() => ctx.runQuery(get, call));
    return await this.admit(ctx, actor, found);
  }

  /** What the actor may see of what was found, in its place. */
  protected async admit(
    ctx: Ctx,
    actor: Actor,
    found: (StoredDocument | null)[],
  ): Promise<(DocumentOf<F> | null)[]> {
    return await Promise.all(
      found.map(async (document) => {
        if (document === null) return null;
        const byDefault = mayRead(actor, document);
        const { hooks } = this.core;
        return (await isAllowed(hooks, ctx, actor, "read", document, byDefault))
          ? flatten<F>(document)
          : null;
      }),
    );
  }
}

/** Before anything else: a batch of a million is refused before a million items are looked at. */
function checkSize(args: unknown, limit: number): void {
  // Plain JavaScript may send anything; what is not an object of arguments is refused by `checkArguments`.
  const { ids, items = ids } = (args ?? {}) as {
    ids?: unknown;
    items?: unknown;
  };
  if (Array.isArray(items) && items.length > limit) {
    throw fail(batchTooLarge("items", limit, items.length));
  }
}
