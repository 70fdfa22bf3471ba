/**
 * Writing one document. Each method is one call into the component (with hooks, a few), so it composes with the
 * host's own reads and writes in one transaction.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { Change, Draft, Written } from "../shared/validators.js";
import { splitFields } from "./arguments.js";
import type { WriteOperation } from "./hooks.js";
import { write } from "./pipeline.js";
import { Lists } from "./lists.js";
import type { Item } from "./send.js";
import type {
  CreateArgs,
  RemoveArgs,
  RunMutationCtx,
  TargetArgs,
  TransferArgs,
  UpdateArgs,
} from "./types.js";

/** See `Reads`. */
export class Writes<
  F extends PropertyValidators,
  Ctx = unknown,
  Extra extends object = object,
  ChangeCtx = unknown,
> extends Lists<F, Ctx, Extra, ChangeCtx> {
  /**
   * Creates a document that belongs to whoever acts.
   *
   * @returns its id, and its version: 1
   * @throws UNAUTHORIZED when nobody is signed in; VALIDATION_FAILED with every problem of the fields; ALREADY_EXISTS when
   * the owner has a document with this `key` and `ifExists` does not say what to do then
   * @example
   * ```ts
   * const { id } = await docs.create(ctx, { title: "Plan", content: "" });
   * ```
   */
  async create(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: CreateArgs<F> & Extra,
  ): Promise<Written> {
    return await this.ask("create", args, () =>
      this.one(ctx, "create", this.draft(args)),
    );
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
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: UpdateArgs<F>,
  ): Promise<Written> {
    return await this.ask("update", args, () =>
      this.one(ctx, "update", this.change(args)),
    );
  }

  /**
   * Deletes a document or, with the option `trash`, moves it to the trash.
   *
   * @returns its id, and the version that was deleted or is in the trash now
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.remove(ctx, { id });
   * ```
   */
  async remove(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: RemoveArgs,
  ): Promise<Written> {
    return await this.ask("target", args, () =>
      this.one(ctx, this.removal(), args),
    );
  }

  /**
   * Brings a document back from the trash.
   *
   * @returns its id, and its version
   * @throws UNAUTHORIZED; NOT_FOUND when it is not in the actor's trash; ALREADY_EXISTS when another document has taken its
   * key; CONFLICT; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.restore(ctx, { id });
   * ```
   */
  async restore(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: TargetArgs,
  ): Promise<Written> {
    return await this.ask("target", args, () => this.one(ctx, "restore", args));
  }

  /**
   * Deletes a document in the trash for good.
   *
   * @returns its id, and the version that was deleted
   * @throws UNAUTHORIZED; NOT_FOUND when it is not in the actor's trash; CONFLICT; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.purge(ctx, { id });
   * ```
   */
  async purge(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: TargetArgs,
  ): Promise<Written> {
    return await this.ask("target", args, () => this.one(ctx, "purge", args));
  }

  /**
   * Gives a document to another owner: the only way that an owner changes. Its key stays behind.
   *
   * @returns its id, and its version after the transfer
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`
   * @example
   * ```ts
   * await docs.transfer(ctx, { id, to: colleague.id });
   * ```
   */
  async transfer(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    args: TransferArgs,
  ): Promise<Written> {
    return await this.ask("transfer", args, () =>
      this.one(ctx, "transfer", args),
    );
  }

  protected removal(): "trash" | "remove" {
    return this.core.trash ? "trash" : "remove";
  }

  protected draft(args: object): Draft {
    const { own, ours } = splitFields(this.core.fields, args);
    // `checkArguments` has seen to it that ours are those of a draft.
    return { ...ours, fields: own };
  }

  protected change(args: object): Change {
    const { own, ours } = splitFields(this.core.fields, args);
    // As in `draft`.
    return { unset: [], ...ours, set: own } as unknown as Change;
  }

  private async one(
    ctx: Ctx & ChangeCtx & RunMutationCtx,
    operation: WriteOperation,
    item: Item,
  ): Promise<Written> {
    const actor = await this.actor(ctx);
    const call = { operation, actor, mode: "single" as const, items: [item] };
    const [outcome] = await write(this.core, ctx, call);
    // A single call's refusal has been thrown, so its outcome is a success.
    if (!outcome?.ok) throw new Error("convex-docs: a call without outcome.");
    return { id: outcome.id, version: outcome.version };
  }
}
