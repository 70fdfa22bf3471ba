import type { PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
import type {
  Actor,
  BatchResult,
  Change,
  Draft,
  ItemResult,
  Written,
} from "../shared/documents.js";
import { ownerIssues } from "../shared/access.js";
import { splitFields, type DocsArgs, type IdArgs } from "./arguments.js";
import { toChange } from "./bulk.js";
import type { Note } from "./history.js";
import type { WriteOperation } from "./options.js";
import type { NoViews } from "./views.js";
import type { WriteItem } from "./authorize.js";
import { furtherIssues, type Sent, type SentCall } from "./problems.js";
import { write } from "./write.js";
import { Reading } from "./reading.js";

/** How documents are written: the operations of one actor. See `Operations`. */
export class Writing<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx = RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx = ReadCtx & RunMutationCtx,
  Extra extends object = object,
  V = NoViews,
  S extends boolean = false,
  Shown extends PropertyValidators = F,
  Id extends string = string,
> extends Reading<F, ReadCtx, WriteCtx, Extra, V, S, Shown, Id> {
  /**
   * Creates a document that the actor owns.
   *
   * @returns its id, and its version: 1
   * @throws UNAUTHORIZED when no user is signed in; VALIDATION_FAILED with every problem of the fields; ALREADY_EXISTS when
   * the owner has a document with this `key` and `ifExists` does not say what to do then, or one with these values in a `unique`
   * view; Error in an action where there is `onChange`
   * @example
   * ```ts
   * const { id } = await docs.create(ctx, { title: "Plan", content: "" });
   * ```
   */
  async create(
    ctx: WriteCtx,
    args: DocsArgs<"create", F> & Extra,
  ): Promise<Written<Id>> {
    const run = () => this.one(ctx, "create", this.toDraft(args));
    const further = this.further(ctx, "create", () => sentAlone(args));
    return await this.ask("create", args, run, { further });
  }

  /**
   * Changes some fields of a document. Absent fields stay as they are; `unset` deletes optional ones; the whole merged
   * document is validated. A change that changes nothing writes nothing and keeps the version.
   *
   * @param note why, for the history
   * @returns its id, and its version after the write
   * @throws UNAUTHORIZED; NOT_FOUND when it is missing or not visible; FORBIDDEN when it is another user's public
   * document; CONFLICT when `ifVersion` is no longer its version; VALIDATION_FAILED; ALREADY_EXISTS when the owner has another
   * document with these values in a `unique` view; Error for a reason without `history`, and in an action where there is `onChange`
   * @example
   * ```ts
   * await docs.update(ctx, { id, title: "Plan B", unset: ["summary"], ifVersion: 3 });
   * ```
   */
  async update(
    ctx: WriteCtx,
    args: DocsArgs<"update", F, Id>,
    note: Note = {},
  ): Promise<Written<Id>> {
    const run = () => this.one(ctx, "update", this.toChange(args), note);
    const further = this.further(ctx, "update", () => sentAlone(args));
    return await this.ask("update", args, run, { further });
  }

  /**
   * Deletes a document or, with the option `trash`, moves it to the trash.
   *
   * @returns its id, and the version that was deleted or is in the trash now
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; CONFLICT; VALIDATION_FAILED: each as in `update`; FORBIDDEN also where a document
   * that is held would be deleted for good
   * @example
   * ```ts
   * await docs.remove(ctx, { id });
   * ```
   */
  async remove(
    ctx: WriteCtx,
    args: IdArgs<"remove", Id>,
  ): Promise<Written<Id>> {
    return await this.ask("remove", args, () =>
      this.one(ctx, this.removal(), args),
    );
  }

  /**
   * Brings a document back from the trash.
   *
   * @returns its id, and its version
   * @throws UNAUTHORIZED; NOT_FOUND when it is not in the actor's trash; ALREADY_EXISTS when another document has taken its
   * key, or its place in a `unique` view; CONFLICT; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.restore(ctx, { id });
   * ```
   */
  async restore(
    ctx: WriteCtx,
    args: IdArgs<"restore", Id>,
  ): Promise<Written<Id>> {
    return await this.ask("restore", args, () =>
      this.one(ctx, "restore", args),
    );
  }

  /**
   * Deletes a document in the trash for good.
   *
   * @returns its id, and the version that was deleted
   * @throws UNAUTHORIZED; NOT_FOUND when it is not in the actor's trash; FORBIDDEN when it is held; CONFLICT; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.purge(ctx, { id });
   * ```
   */
  async purge(ctx: WriteCtx, args: IdArgs<"purge", Id>): Promise<Written<Id>> {
    return await this.ask("purge", args, () => this.one(ctx, "purge", args));
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
    ctx: WriteCtx,
    args: IdArgs<"transfer", Id>,
  ): Promise<Written<Id>> {
    const run = () => this.one(ctx, "transfer", args);
    const rules = () => ownerIssues("to", args.to);
    return await this.ask("transfer", args, run, { rules });
  }

  protected async one(
    ctx: WriteCtx,
    operation: WriteOperation,
    item: WriteItem,
    note: Note = {},
  ): Promise<Written<Id>> {
    const mode = "single" as const;
    const call = { operation, mode, items: [item], ...this.why(note) };
    const run = (actor: Actor) => write(this.core, ctx, { ...call, actor });
    const [outcome] = await this.acting(ctx, run, [item]);
    // A single call's refusal is thrown: what it returns is a success.
    if (!outcome?.ok) throw new Error("convex-docs: a call has no outcome.");
    return { id: outcome.id as Id, version: outcome.version };
  }

  /**
   * Creates up to `maxBatchItems` documents.
   *
   * @returns one result an item, in order
   * @throws UNAUTHORIZED; BATCH_TOO_LARGE before anything is written; VALIDATION_FAILED when the call itself is malformed;
   * BATCH_FAILED with every failing index unless `mode` is `"partial"`, where a failed item is a result
   * @example
   * ```ts
   * const { results } = await docs.batchCreate(ctx, { items: [{ title: "A", content: "" }] });
   * ```
   */
  async batchCreate(
    ctx: WriteCtx,
    args: DocsArgs<"batchCreate", F> & {
      items: Extra[];
    },
  ): Promise<BatchResult<Id>> {
    const run = () => {
      const items = args.items.map((item) => this.toDraft(item));
      return this.many(ctx, "create", items, args.mode);
    };
    const further = this.further(ctx, "create", () => sentItems(args));
    const limit = this.core.maxBatchItems;
    return await this.ask("batchCreate", args, run, { limit, further });
  }

  /**
   * Changes up to `maxBatchItems` documents: the same change to all of `ids`, or each of `items` its own. Ownership and
   * versions are checked for each.
   *
   * @param note why, for the history
   * @returns one result an item, in order; an id that is listed twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * await docs.batchUpdate(ctx, { ids, updates: { status: "published" } });
   * await docs.batchUpdate(ctx, { items: [{ id, title: "A", ifVersion: 2 }], mode: "partial" });
   * ```
   */
  async batchUpdate(
    ctx: WriteCtx,
    args: DocsArgs<"batchUpdate", F, Id>,
    note: Note = {},
  ): Promise<BatchResult<Id>> {
    const sameForAll = isSameForAll(args);
    const run = () => {
      const items = sameForAll
        ? args.ids.map((id) => this.toChange({ ...args.updates, id }))
        : args.items.map((item) => this.toChange(item));
      return this.many(ctx, "update", items, args.mode, note);
    };
    const form = sameForAll ? "batchUpdate" : "batchUpdateItems";
    const further = this.further(ctx, "update", () =>
      sameForAll ? sentUpdates(args) : sentItems(args),
    );
    const limit = this.core.maxBatchItems;
    return await this.ask(form, args, run, { limit, further });
  }

  /**
   * Deletes up to `maxBatchItems` documents or, with the option `trash`, moves them to the trash.
   *
   * @returns one result an id, in order; an id that is listed twice is DUPLICATE_ID the second time
   * @throws as `batchCreate`
   * @example
   * ```ts
   * const { failed } = await docs.batchRemove(ctx, { ids, mode: "partial" });
   * ```
   */
  async batchRemove(
    ctx: WriteCtx,
    args: IdArgs<"batchRemove", Id>,
  ): Promise<BatchResult<Id>> {
    const run = () => {
      const items = args.ids.map((id) => ({ id }));
      return this.many(ctx, this.removal(), items, args.mode);
    };
    const limit = this.core.maxBatchItems;
    return await this.ask("batchRemove", args, run, { limit });
  }

  protected async many(
    ctx: WriteCtx,
    operation: WriteOperation,
    items: WriteItem[],
    mode: DocsArgs<"batchRemove">["mode"] = "atomic",
    note: Note = {},
  ): Promise<BatchResult<Id>> {
    const call = { operation, mode, items, ...this.why(note) };
    const run = (actor: Actor) => write(this.core, ctx, { ...call, actor });
    const outcomes = await this.acting(ctx, run, items);
    const results = outcomes as ItemResult<Id>[];
    const succeeded = results.filter(({ ok }) => ok).length;
    return { results, succeeded, failed: results.length - succeeded };
  }

  /** See `furtherIssues`. The call is refused anyway, so what fails on the way, at arguments that are malformed, says nothing. */
  private further(
    ctx: WriteCtx,
    operation: SentCall["operation"],
    sentBy: () => Sent[],
  ): (known: Issue[]) => Promise<Issue[]> {
    return async (known) => {
      try {
        const sent = sentBy();
        const run = (actor: Actor) =>
          furtherIssues(this.core, ctx, { operation, actor, sent }, known);
        const items = sent.map(({ item }) => Object(item) as object);
        return await this.acting(ctx, run, items);
      } catch {
        return [];
      }
    };
  }

  private why({ reason }: Note): Note {
    if (reason === undefined) return {};
    if (this.core.history) return { reason };
    throw new Error(
      "convex-docs: a reason is part of the history, and there is none. Declare it in new Docs(): history: {}.",
    );
  }

  protected removal(): "trash" | "remove" {
    return this.core.trash ? "trash" : "remove";
  }

  private toDraft(args: object): Draft {
    const { own, rest } = splitFields(this.core.fields, args);
    return { ...rest, fields: own };
  }

  private toChange(args: { id: string }): Change {
    return { ...toChange(this.core.fields, args), id: args.id };
  }
}

/** A single call that may be malformed. */
function sentAlone(item: unknown): Sent[] {
  return [{ path: "", item }];
}

/** The items of such a batch. */
function sentItems(args: object): Sent[] {
  const { items } = args as { items?: unknown };
  return listOf(items).map((item, index) => ({ path: `items.${index}`, item }));
}

/** The same change to each of `ids`. */
function sentUpdates(args: object): Sent[] {
  const { ids, updates } = args as { ids?: unknown; updates?: object };
  return listOf(ids).map((id) => ({
    path: "updates",
    item: { ...updates, id },
  }));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Plain JavaScript may send anything. */
function isSameForAll<F extends PropertyValidators, Id extends string>(
  args: DocsArgs<"batchUpdate", F, Id>,
): args is Extract<DocsArgs<"batchUpdate", F, Id>, { ids: Id[] }> {
  return Object.hasOwn(Object(args) as object, "ids");
}
