/**
 * What only the system may do.
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
import { fail, invalid } from "../shared/failures.js";
import {
  ageMs,
  ageProblem,
  type Age,
  type Override,
} from "../shared/retention.js";
import { Operations } from "./operations.js";
import { mapErrors } from "./errors.js";
import type { OwnerArgs } from "./types.js";

/** How long one owner's documents of one status are kept. */
export type SetRetentionArgs = OwnerArgs & {
  status: Status;
  /** An age, as in a policy; `"never"`: they are kept; `"default"`: as the policy says, like everybody's. */
  olderThan: Age | "never" | "default";
  /** `true`: the age may be less than an hour. */
  allowShort?: boolean;
};

/** Every operation, as the system. */
export class SystemOperations<
  F extends PropertyValidators,
  Ctx = unknown,
  ChangeCtx = unknown,
> extends Operations<F, Ctx, OwnerArgs, ChangeCtx> {
  /**
   * Keeps one owner's documents of one status for longer or shorter than the policy of that status says. Without a policy of
   * the status, nothing of it is cleaned up whatever stands here.
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
      const message = ms == null ? null : ageProblem(ms, allowShort);
      if (message) throw fail(invalid([{ path: "olderThan", message }]));
      const { setOverride } = this.core.component.retention;
      const call = { ownerId, status, ...age };
      await invoke(() => ctx.runMutation(setOverride, call));
    });
  }

  /**
   * The rules that an owner has of its own.
   *
   * @returns an entry a status, `olderThanMs` being `null` where documents are kept; none where the policies say
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
