/**
 * The operations of the system.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import {
  invoke,
  type RunQueryCtx,
  type RunMutationCtx,
} from "../host/component.js";
import type { Status } from "../shared/documents.js";
import type { Erasure, Person } from "../shared/person.js";
import { fail, invalidAt } from "../shared/failures.js";
import {
  ageMs,
  ageProblem,
  type Age,
  type Override,
} from "../shared/retention.js";
import { Operations } from "./operations.js";
import { mapErrors } from "./errors.js";
import type { OwnerArgs } from "./arguments.js";
import { createSystemHistory } from "./history.js";
import {
  readErasure,
  readExport,
  setHold,
  startErasure,
  type ExportItem,
  type ExportPage,
  type WhichErasure,
} from "./person.js";
import type { NoViews } from "./views.js";

/** How long one owner's documents of one status are kept. */
export type SetRetentionArgs = OwnerArgs & {
  status: Status;
  /** An age, as in a policy; `"never"`: they are kept; `"default"`: the policy applies, as to every other owner. */
  olderThan: Age | "never" | "default";
  /** `true`: the age may be less than an hour. Default: `false`. */
  allowShort?: boolean;
};

/** Every operation, as the system, and those that only the system has. */
export class SystemOperations<
  F extends PropertyValidators,
  ReadCtx extends RunQueryCtx = RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx = ReadCtx & RunMutationCtx,
  V = NoViews,
  S extends boolean = false,
  Shown extends PropertyValidators = F,
  Id extends string = string,
> extends Operations<F, ReadCtx, WriteCtx, OwnerArgs, V, S, Shown, Id> {
  /**
   * Made by `Docs`.
   *
   * @internal
   */
  constructor(
    ...made: ConstructorParameters<typeof Operations<F, ReadCtx, WriteCtx>>
  ) {
    super(...made);
    if (this.core.history) Object.assign(this, createSystemHistory(this.core));
  }

  /**
   * Holds a document, in the trash too: until it is released, nobody deletes it, the system and retention neither, and all of its
   * revisions stay. It may still be changed, moved to the trash and transferred. The document's version stays.
   *
   * @throws NOT_FOUND
   * @example
   * ```ts
   * await docs.asSystem("litigation 7/26").hold(ctx, { id });
   * ```
   */
  async hold(ctx: RunMutationCtx, args: { id: Id }): Promise<void> {
    await setHold(this.core, ctx, args.id, true);
  }

  /**
   * Takes a hold back.
   *
   * @throws NOT_FOUND
   * @example
   * ```ts
   * await docs.asSystem("litigation 7/26 is over").release(ctx, { id });
   * ```
   */
  async release(ctx: RunMutationCtx, args: { id: Id }): Promise<void> {
    await setHold(this.core, ctx, args.id, false);
  }

  /**
   * Begins to erase what there is of a person, in the background: their documents, with their revisions, what was shared with them or
   * with `principals` that are theirs alone, their rules of retention and their bulk operations. In documents of others, contents
   * stay and lose their author. What is held stays. Their `onChange` is told of each document that goes, in the option `worker`.
   *
   * Close the account first: what comes while this runs may stay. A call while it runs begins nothing.
   *
   * @returns the id of the run, whose record is the receipt: see `erasure`
   * @throws VALIDATION_FAILED for an empty id; Error when there is `onChange` and no worker
   * @example
   * ```ts
   * const { runId } = await docs.asSystem("asked by mail").erase(ctx, { userId });
   * ```
   */
  async erase(ctx: RunMutationCtx, person: Person): Promise<{ runId: string }> {
    return await startErasure(this.core, ctx, person);
  }

  /**
   * How far an erasure is, and for three years its receipt: a run, or the last of a person. A query of it is live.
   *
   * @returns `null` when there is none
   * @example
   * ```ts
   * const receipt = await docs.asSystem("account page").erasure(ctx, { runId });
   * if (receipt?.state === "done") console.log(receipt.counts);
   * ```
   */
  async erasure(
    ctx: RunQueryCtx,
    which: WhichErasure,
  ): Promise<Erasure | null> {
    return await readErasure(this.core, ctx, which);
  }

  /**
   * A page of what there is of a person, in one order: at most 500 items, or some more than 4 MiB. Nothing of it is kept. The cursor
   * may go through a client: it leads to nothing that is not this person's.
   *
   * @throws VALIDATION_FAILED for an empty id; INVALID_CURSOR
   * @example
   * ```ts
   * const { items, cursor } = await docs.asSystem("account page").exportPage(ctx, { userId });
   * ```
   */
  async exportPage(
    ctx: RunQueryCtx,
    page: Person & { cursor?: string | null },
  ): Promise<ExportPage<F>> {
    return await readExport<F>(this.core, ctx, page);
  }

  /**
   * What there is of a person, page by page: see `exportPage`. In an action each page is a transaction of its own; in a query or a
   * mutation all of them have to fit into one.
   *
   * @throws as `exportPage`
   * @example
   * ```ts
   * for await (const items of docs.asSystem("asked by mail").export(ctx, { userId })) await upload(items);
   * ```
   */
  async *export(
    ctx: RunQueryCtx,
    person: Person,
  ): AsyncGenerator<ExportItem<F>[]> {
    let cursor: string | null = null;
    do {
      const page: ExportPage<F> = await this.exportPage(ctx, {
        ...person,
        cursor,
      });
      cursor = page.cursor;
      if (page.items.length > 0) yield page.items;
    } while (cursor !== null);
  }

  /**
   * Keeps one owner's documents of one status for longer or shorter than the policy of that status. Without a policy of the
   * status, its documents are never cleaned up, and this changes nothing.
   *
   * @throws VALIDATION_FAILED for an age of zero, a negative one, NaN, or less than an hour without `allowShort`
   * @example
   * ```ts
   * await docs.asSystem("plan upgraded").setRetention(ctx, {
   *   ownerId: user.id,
   *   status: "draft",
   *   olderThan: { days: 365 },
   * });
   * ```
   */
  async setRetention(
    ctx: RunMutationCtx,
    { ownerId, status, olderThan, allowShort = false }: SetRetentionArgs,
  ): Promise<void> {
    await mapErrors(this.core.mapError, async () => {
      const age =
        olderThan === "default"
          ? {}
          : { olderThanMs: olderThan === "never" ? null : ageMs(olderThan) };
      const ms = age.olderThanMs;
      const problem = ms == null ? null : ageProblem(ms, allowShort);
      if (problem) throw fail(invalidAt("olderThan", problem));
      const { setOverride } = this.core.component.retention;
      const call = { ownerId, status, ...age };
      await invoke(() => ctx.runMutation(setOverride, call));
    });
  }

  /**
   * One owner's exceptions from the policies.
   *
   * @returns one entry a status that has an exception, with `olderThanMs` of `null` where its documents are kept
   * @example
   * ```ts
   * const rules = await docs.asSystem("settings page").getRetention(ctx, { ownerId: user.id });
   * ```
   */
  async getRetention(
    ctx: RunQueryCtx,
    { ownerId }: OwnerArgs,
  ): Promise<Override[]> {
    const { overrides } = this.core.component.retention;
    return await mapErrors(this.core.mapError, () =>
      invoke(() => ctx.runQuery(overrides, { ownerId })),
    );
  }
}
