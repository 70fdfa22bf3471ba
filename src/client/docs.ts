/**
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import { createApi, type Api } from "./api.js";
import { createCore } from "./core.js";
import type { NoReservedNames } from "./reserved.js";
import type { AuthCtx, Whose } from "./types.js";
import { Verbs } from "./verbs.js";

/** How a host describes its documents. */
export type DocsOptions<F extends PropertyValidators, Ctx> = {
  /**
   * The host's own fields, as Convex validators. They are checked on every write and typed in every call. An id of a host's
   * table is kept as a string: the component cannot see the table.
   */
  fields: F & NoReservedNames<F>;
  /**
   * Who is calling: a stable, unique id of 1 to 512 characters, or `null` when nobody is signed in. Required, because every
   * default is wrong for somebody: `subject` is unique per issuer only, and a fallback makes all strangers one owner.
   * Declare what it needs of `ctx`, and calls from elsewhere do not compile.
   */
  identify: (ctx: Ctx) => Promise<string | null> | string | null;
};

/**
 * Documents that belong to someone. One `Docs` for each place where the component is mounted.
 *
 * Its own methods act as whoever is signed in; `as` and `asSystem` give the same methods for somebody else.
 *
 * @example
 * ```ts
 * import { Docs } from "@acme/convex-docs";
 * import { v } from "convex/values";
 * import { components } from "./_generated/api";
 *
 * export const docs = new Docs(components.docs, {
 *   fields: { title: v.string(), content: v.string() },
 *   identify: async (ctx) =>
 *     (await ctx.auth.getUserIdentity())?.tokenIdentifier ?? null,
 * });
 * export const { create, get, list, update, remove } = docs.api();
 * ```
 */
export class Docs<
  const F extends PropertyValidators,
  Ctx = AuthCtx,
> extends Verbs<F, Ctx> {
  /**
   * @param component `components.docs`, or the name it is mounted under
   * @throws Error when the component is not mounted or a field has a reserved name: both are mistakes in the host's code
   */
  constructor(component: ComponentApi, options: DocsOptions<F, Ctx>) {
    const core = createCore<F>(component, options.fields);
    super(core, core.arguments.caller, async (ctx) => {
      const id: unknown = await options.identify(ctx);
      if (id === null) return { kind: "anonymous" };
      if (typeof id === "string") return { kind: "user", id };
      throw new Error(
        `convex-docs: identify() returned ${typeof id}; return the user's id as a string, or null when nobody is signed in.`,
      );
    });
  }

  /**
   * The same operations as a user who is not calling: in internal functions, jobs and webhooks. The user's rights apply.
   *
   * @example
   * ```ts
   * await docs.as(job.userId).update(ctx, { id: job.documentId, summary });
   * ```
   */
  as(userId: string): Verbs<F> {
    const actor = { kind: "user" as const, id: userId };
    return new Verbs(this.core, this.core.arguments.caller, () => actor);
  }

  /**
   * The one way past the owner check: sees and changes every document. The reason is for whoever reads or searches the
   * code. Validation and version checks still apply; `create` and `list` have to say whose documents they mean.
   *
   * @example
   * ```ts
   * const document = await docs.asSystem("nightly report").get(ctx, { id });
   * ```
   */
  asSystem(reason: string): Verbs<F, unknown, Whose> {
    if (reason.trim() === "") {
      throw new Error("convex-docs: asSystem() needs a reason.");
    }
    const actor = { kind: "system" as const, reason };
    return new Verbs(this.core, this.core.arguments.system, () => actor);
  }

  /**
   * Ready-made public functions for a client to call, each acting as whoever is signed in. Export those you want.
   *
   * @example
   * ```ts
   * export const { create, get, list, update, remove } = docs.api();
   * ```
   */
  api(): Api<F> {
    return createApi(this);
  }
}
