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
import type { DocsState } from "./options.js";
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
> extends Operations<F, ReadCtx, WriteCtx, OwnerArgs, V, S> {
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
  async hold(ctx: RunMutationCtx, args: { id: string }): Promise<void> {
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
  async release(ctx: RunMutationCtx, args: { id: string }): Promise<void> {
    await setHold(this.core, ctx, args.id, false);
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

async function setHold(
  { component, mapError }: DocsState,
  ctx: RunMutationCtx,
  id: string,
  held: boolean,
): Promise<void> {
  const { hold } = component.person;
  await mapErrors(mapError, () =>
    invoke(() => ctx.runMutation(hold, { id, held })),
  );
}
