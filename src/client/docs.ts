/**
 * The class a host makes.
 *
 * @module
 */
import type { HttpRouter, RegisteredMutation } from "convex/server";
import type { PropertyValidators } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import type { WorkerCall } from "../shared/bulk.js";
import type { Actor, Outcome } from "../shared/documents.js";
import { createApi, type Api } from "./api.js";
import { Operations } from "./operations.js";
import {
  registerRoutes,
  type HttpCtx,
  type Reader,
  type RouteOptions,
} from "./http/routes.js";
import {
  createDocsState,
  type NoReservedNames,
  type Settings,
} from "./options.js";
import {
  createRetention,
  type Retention,
  type RetentionOptions,
} from "./retention.js";
import { SystemOperations } from "./system.js";
import { createBulkWorker } from "./worker.js";
import type { AuthCtx, DocumentOf } from "./types.js";

/** How a host describes its documents. */
export type DocsOptions<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
> = Settings<F, Ctx, ChangeCtx> & {
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
  ChangeCtx = unknown,
> extends Operations<F, Ctx, object, ChangeCtx> {
  private readonly identify: DocsOptions<F, Ctx, ChangeCtx>["identify"];

  /**
   * Describes the documents of one mount.
   *
   * @param component `components.docs`, or the name it is mounted under
   * @throws Error when the component is not mounted, a field has a reserved name or an option is out of range: each is a
   * mistake in the host's code
   */
  constructor(
    component: ComponentApi,
    { fields, identify, ...settings }: DocsOptions<F, Ctx, ChangeCtx>,
  ) {
    const core = createDocsState<F, Ctx, ChangeCtx>(
      component,
      fields,
      settings,
    );
    const { caller } = core.arguments;
    super(core, caller, async (ctx) => actorOf(await identify(ctx)));
    this.identify = identify;
  }

  /**
   * The same operations as a user who is not calling: in internal functions, jobs and webhooks. The user's rights apply.
   *
   * @example
   * ```ts
   * await docs.as(job.userId).update(ctx, { id: job.documentId, summary });
   * ```
   */
  as(userId: string): Operations<F, Ctx, object, ChangeCtx> {
    const actor = actorOf(userId);
    return new Operations(this.core, this.core.arguments.caller, () => actor);
  }

  /**
   * The one way past the owner check: sees and changes every document. The reason is for whoever reads or searches the
   * code. Validation, versions and `onChange` still apply; `create`, `list` and `getByKey` say whose documents they mean.
   *
   * @throws Error when the reason is empty
   * @example
   * ```ts
   * const document = await docs.asSystem("nightly report").get(ctx, { id });
   * ```
   */
  asSystem(reason: string): SystemOperations<F, Ctx, ChangeCtx> {
    if (reason.trim() === "") {
      throw new Error("convex-docs: asSystem() needs a reason.");
    }
    const actor = { kind: "system" as const, reason };
    return new SystemOperations(
      this.core,
      this.core.arguments.system,
      () => actor,
    );
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

  /**
   * Adds a read-only HTTP endpoint to the host's router: `GET prefix/:id`, and `GET prefix` for a page. A bearer token says
   * who reads; without one, only what anybody may read is there. Answers with an `ETag`, and with `application/problem+json`
   * for every failure. Its errors are ours, whatever `mapError` makes of them elsewhere.
   *
   * `identify` and `access` run with an HTTP action's `ctx` there, which has no `db`.
   *
   * @throws Error when the prefix or a CORS origin is malformed
   * @example
   * ```ts
   * const http = httpRouter();
   * docs.registerRoutes(http, { prefix: "/api/documents" });
   * export default http;
   * ```
   */
  registerRoutes(http: HttpRouter, options: RouteOptions<DocumentOf<F>>): void {
    const core = { ...this.core, mapError: undefined };
    const { caller } = core.arguments;
    // The routes run in the host's app, so their `ctx` is the host's: the one that its hooks declare.
    const asHost = (ctx: HttpCtx) => ctx as HttpCtx & Ctx;
    const reader = (userId: string | null): Reader<DocumentOf<F>> => {
      const actor = actorOf(userId);
      const operations = new Operations(core, caller, () => actor);
      return {
        get: (ctx, args) => operations.get(asHost(ctx), args),
        list: (ctx, args) => operations.list(asHost(ctx), args),
        listPublic: (ctx, args) => operations.listPublic(asHost(ctx), args),
      };
    };
    const identify = (ctx: HttpCtx) => this.identify(asHost(ctx));
    registerRoutes({ identify, as: reader }, http, options);
  }

  /**
   * Functions that clean up, for your own `crons.ts`. Each call starts a run that goes on in the background, in batches of one
   * transaction; a call while one is under way does nothing. Nothing is cleaned up unless a policy or the document's own
   * `expiresAt` says so.
   *
   * @throws Error for an age of zero, a negative one, NaN, or less than an hour without `allowShort`; for two policies of one
   * status; for a number out of range: each is a mistake in the host's code
   * @example
   * ```ts
   * export const { cleanupOldDrafts, purgeTrash, previewCleanup } = docs.retention({
   *   policies: [{ status: "draft", olderThan: { days: 30 } }],
   * });
   * // crons.ts: crons.hourly("clean up drafts", { minuteUTC: 17 }, internal.documents.cleanupOldDrafts, {});
   * ```
   */
  retention<HookCtx = ChangeCtx>(
    options: RetentionOptions<F, HookCtx>,
  ): Retention {
    return createRetention(this.core, options);
  }

  /**
   * The function in which bulk jobs run `access`, `onChange` and `schema`. Export it and name it in the option `bulkWorker`.
   *
   * @example
   * ```ts
   * export const bulkWorker = docs.bulkWorker();
   * ```
   */
  bulkWorker(): RegisteredMutation<"internal", WorkerCall, Promise<Outcome[]>> {
    return createBulkWorker(this.core);
  }
}

/** Who acts, by what the host says of them: an id, or `null` for nobody. Plain JavaScript may say anything else. */
function actorOf(userId: unknown): Actor {
  if (userId === null) return { kind: "anonymous" };
  if (typeof userId === "string") return { kind: "user", id: userId };
  throw new Error(
    `convex-docs: identify() returned ${typeof userId}; return the user's id as a string, or null when nobody is signed in.`,
  );
}
