/**
 * The class that a host makes one of for each mount.
 *
 * @module
 */
import type {
  DefaultFunctionArgs,
  FunctionVisibility,
  GenericDataModel,
  GenericQueryCtx,
  HttpRouter,
  RegisteredMutation,
  RegisteredQuery,
} from "convex/server";
import type { PropertyValidators } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
import { OperatorBuilder, type OperatorOptions } from "../host/operator.js";
import type { WorkerCall } from "../shared/bulk.js";
import type { Outcome } from "../shared/documents.js";
import type { DocumentId } from "../shared/ids.js";
import { fail, unauthorized } from "../shared/failures.js";
import {
  createApi,
  createHistoryApi,
  createPublishingApi,
  type ApiFor,
} from "./api.js";
import type { PerhapsOwner } from "./arguments.js";
import { makeWith, type ApiBuilders, type BuiltApi } from "./builders.js";
import type { DocumentOf } from "./document.js";
import type { Readable, ShownFields } from "./fieldRules.js";
import {
  registerRoutes,
  type HttpCtx,
  type Reader,
  type RouteOptions,
} from "./http/routes.js";
import { createHttpQuery, sourceOf } from "./http/query.js";
import type { HttpCall } from "./http/reference.js";
import type {
  HistoryOperations,
  HistoryOptions,
  IfHistory,
  SystemHistory,
} from "./history.js";
import { actorOf } from "./identity.js";
import type {
  IfWorkingCopy,
  PublishingBulk,
  PublishingOperations,
} from "./publishing.js";
import { showing, type LinkedOperations } from "./links.js";
import { Operations } from "./operations.js";
import {
  createHistoryOperator,
  createOperator,
  type DocsOperatorFunctions,
  type HistoryOperatorFunctions,
} from "./operator.js";
import {
  createDocsState,
  type AuthCtx,
  type DocsOptions,
  type Settings,
} from "./options.js";
import {
  createHistoryRetention,
  createRetention,
  type HistoryRetention,
  type Retention,
  type RetentionOptions,
} from "./retention.js";
import type { IfShared } from "./sharing.js";
import { SystemOperations } from "./system.js";
import { createValidators, type DocsValidators } from "./validators.js";
import {
  createBuildViews,
  createDropView,
  createViewStatus,
} from "./viewFunctions.js";
import type { ViewStatus } from "../shared/views.js";
import type { NoViews, Views } from "./views.js";
import { createWorker } from "./worker.js";

/** The `ctx` that reading needs: what the host's hooks declare, and a way into the component. */
type ReadCtx<Ctx> = Ctx & RunQueryCtx;
/** As `ReadCtx`, for writing. */
type WriteCtx<Ctx, ChangeCtx> = Ctx & ChangeCtx & RunMutationCtx;

/** See `Docs`: what it has without `history`. */
export class OwnedDocs<
  const F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  AccessCtx,
  V extends Views<F>,
  S extends boolean,
  H,
  W,
  R,
  Id extends string = string,
> extends Operations<
  F,
  ReadCtx<Ctx & AccessCtx>,
  WriteCtx<Ctx & AccessCtx, ChangeCtx>,
  PerhapsOwner<S>,
  V,
  S,
  ShownFields<F, R>,
  Id
> {
  /**
   * Validators for functions of the host's own: `document`, `page` and `written` for `returns`, `id`, `create` and `update` for
   * `args`. Convex checks them before and after the function, with an error of its own. A document that was written before the
   * host changed its `fields` fails `returns`: bring it up to date first.
   *
   * @example
   * ```ts
   * export const create = mutation({
   *   args: docs.validators.create,
   *   returns: docs.validators.written,
   *   handler: (ctx, args) => docs.create(ctx, args),
   * });
   * ```
   */
  readonly validators: DocsValidators<F, ShownFields<F, R>, S, Id>;
  private readonly identify: DocsOptions<F, Ctx, ChangeCtx>["identify"];

  /**
   * Declares the documents of one mount.
   *
   * @param component `components.docs`; for a mount with a `name`, `components` of that name
   * @throws Error when the component is not mounted, a field has a reserved name or an option is out of range: each is a
   * mistake in the host's code
   */
  constructor(
    component: ComponentApi,
    {
      fields,
      identify,
      ...settings
    }: DocsOptions<F, Ctx, ChangeCtx, AccessCtx, V, S, H, W, R, Id>,
  ) {
    // Whatever the type of `history` is, it is that of the option; and an id is a string to what is inside.
    const given: object = settings;
    const core = createDocsState(
      component,
      fields,
      given as Settings<F, AccessCtx, ChangeCtx>,
    );
    const { caller } = core.arguments;
    super(core, caller, async (ctx) => actorOf(await identify(ctx)));
    this.identify = identify;
    this.validators = createValidators<F, ShownFields<F, R>, S, Id>(
      fields,
      core.declared,
    );
  }

  /**
   * The same operations as a user who is not the caller: in internal functions, jobs and webhooks. That user's rights apply.
   *
   * @throws VALIDATION_FAILED for an id that begins with `"link:"`
   * @example
   * ```ts
   * await docs.as(job.userId).update(ctx, { id: job.documentId, summary });
   * ```
   */
  as(userId: string): Caller<F, Ctx & AccessCtx, ChangeCtx, V, S, H, W, R, Id> {
    const actor = actorOf(userId);
    const { caller } = this.core.arguments;
    return new Operations<
      F,
      ReadCtx<Ctx & AccessCtx>,
      WriteCtx<Ctx & AccessCtx, ChangeCtx>,
      PerhapsOwner<S>,
      V,
      S,
      ShownFields<F, R>,
      Id
    >(this.core, caller, () => actor, true) as Caller<
      F,
      Ctx & AccessCtx,
      ChangeCtx,
      V,
      S,
      H,
      W,
      R,
      Id
    >;
  }

  /**
   * The operations that a link is good for, as the caller who has shown its token: `get`, `getOrThrow`, `getMany`, `can`, `update`
   * and `batchUpdate`, and with `history` what an editor does with it. What the caller may do anyway they may do here too. A token
   * that is no link's, is over, or is missing, is as none. A link puts nothing into the caller's lists.
   *
   * Costs one more index range for each document that is shared and another's.
   *
   * @example
   * ```ts
   * const document = await docs.withLink(token).get(ctx, { id });
   * ```
   */
  withLink(
    token: IfShared<S, string | null | undefined>,
  ): LinkedOperations<
    F,
    ReadCtx<Ctx & AccessCtx>,
    WriteCtx<Ctx & AccessCtx, ChangeCtx>,
    H,
    ShownFields<F, R>,
    Id
  > {
    const { caller } = this.core.arguments;
    const linked = new Operations<
      F,
      ReadCtx<Ctx & AccessCtx>,
      WriteCtx<Ctx & AccessCtx, ChangeCtx>
    >(this.core, caller, async (ctx) =>
      showing(actorOf(await this.identify(ctx)), token),
    );
    // The constructor of `Operations` has added those of history.
    return linked as unknown as ReturnType<this["withLink"]>;
  }

  /**
   * The one way past the owner check: sees and changes every document. The reason is for readers of the code. Validation,
   * versions and `onChange` still apply; `create`, `list`, `listTrash`, `count` and `getByKey` take an `ownerId`.
   *
   * @throws Error when the reason is empty
   * @example
   * ```ts
   * const document = await docs.asSystem("nightly report").get(ctx, { id });
   * ```
   */
  asSystem(
    reason: string,
  ): System<F, Ctx & AccessCtx, ChangeCtx, V, S, H, W, R, Id> {
    if (reason.trim() === "") {
      throw new Error("convex-docs: asSystem() needs a reason.");
    }
    const actor = { kind: "system" as const, reason };
    const { system } = this.core.arguments;
    return new SystemOperations<
      F,
      ReadCtx<Ctx & AccessCtx>,
      WriteCtx<Ctx & AccessCtx, ChangeCtx>,
      V,
      S,
      ShownFields<F, R>,
      Id
    >(this.core, system, () => actor) as System<
      F,
      Ctx & AccessCtx,
      ChangeCtx,
      V,
      S,
      H,
      W,
      R,
      Id
    >;
  }

  /**
   * The public functions, made with builders of the host's, such as `customMutation` of `convex-helpers`: for rate limits,
   * logging, a session. Clients have to send what a builder adds to the arguments; what it adds to `ctx` reaches `identify` and
   * the hooks. Convex itself refuses an argument that neither knows.
   *
   * @throws whatever a builder throws, such as for an argument of the operation's own name
   * @example
   * ```ts
   * export const { create, update } = docs.api({ mutation: limitedMutation });
   * export const { get, list } = docs.api();
   * ```
   */
  api<
    MutationArgs extends DefaultFunctionArgs = Record<never, never>,
    MutationVisibility extends FunctionVisibility = "public",
    QueryArgs extends DefaultFunctionArgs = Record<never, never>,
    QueryVisibility extends FunctionVisibility = "public",
  >(
    builders: ApiBuilders<
      MutationArgs,
      MutationVisibility,
      QueryArgs,
      QueryVisibility
    >,
  ): BuiltApi<
    ApiFor<F, V, S, H, W, ShownFields<F, R>, Id>,
    MutationArgs,
    MutationVisibility,
    QueryArgs,
    QueryVisibility
  >;
  /**
   * Public functions for clients, one for each operation, each acting as the caller. Export those that clients may call.
   *
   * @example
   * ```ts
   * export const { create, get, list, update, remove } = docs.api();
   * ```
   */
  api(): ApiFor<F, V, S, H, W, ShownFields<F, R>, Id>;
  /** Either of them. */
  api(builders?: object): unknown {
    const { sharing, arguments: shapes } = this.core;
    const make = builders && makeWith(builders, shapes.caller, sharing);
    const api = createApi<F, V, S, ShownFields<F, R>, Id>(this, make);
    if (!this.core.history) return api;
    // The constructor of `Operations` has added them.
    const docs = this as unknown as Parameters<
      typeof createHistoryApi<F, S>
    >[0];
    const withHistory = { ...api, ...createHistoryApi<F, S>(docs, make) };
    if (!this.core.workingCopy) return withHistory;
    const publishing = this as unknown as PublishingOperations<never, never>;
    return { ...withHistory, ...createPublishingApi(publishing, make) };
  }

  /**
   * Adds a read-only HTTP endpoint to the host's router: `GET prefix/:id`, and `GET prefix` for a page, by a view with
   * `?view=byProject&where[projectId]=p1&where[dueAt][gte]=5`. A bearer token
   * identifies the caller; without one, only what everyone may read is served. Answers with an `ETag`, and with
   * `application/problem+json` for every failure. `mapError` does not apply. With `sharing: true`, `GET prefix/:id` takes the token of
   * a link in the header `Docs-Link`, and nothing keeps that answer.
   *
   * `identify` and `access` run with an HTTP action's `ctx` there, which has no `db`. Where one of them reads a table, pass the
   * query that `docs.httpApi()` makes: the routes then read through it.
   *
   * @throws Error when the prefix or a CORS origin is malformed
   * @example
   * ```ts
   * const http = httpRouter();
   * docs.registerRoutes(http, { prefix: "/api/documents" });
   * export default http;
   * ```
   */
  registerRoutes(
    http: HttpRouter,
    options: RouteOptions<DocumentOf<ShownFields<F, R>, Id>>,
  ): void {
    type Shown = ShownFields<F, R>;
    if (options.query) {
      const source = sourceOf<DocumentOf<Shown, Id>>(options.query);
      registerRoutes(source, http, options, this.core);
      return;
    }
    const core = { ...this.core, mapError: undefined };
    const { caller } = core.arguments;
    // The routes run in the host's app, so their `ctx` has what its hooks declare.
    const asHost = (ctx: HttpCtx) => ctx as HttpCtx & Ctx & AccessCtx;
    const reader = (
      userId: string | null,
      linkToken: string | null,
    ): Reader<DocumentOf<Shown, Id>> => {
      const actor = showing(actorOf(userId), linkToken);
      const operations = new Operations<
        F,
        ReadCtx<Ctx & AccessCtx>,
        WriteCtx<Ctx & AccessCtx, object>,
        object,
        NoViews,
        false,
        Shown,
        Id
      >(core, caller, () => actor);
      return {
        get: (ctx, { id }) => operations.get(asHost(ctx), { id: id as Id }),
        list: (ctx, args) => operations.list(asHost(ctx), args),
        listPublic: (ctx, args) => operations.listPublic(asHost(ctx), args),
      };
    };
    const identify = (ctx: HttpCtx) => this.identify(asHost(ctx));
    registerRoutes({ identify, as: reader }, http, options, this.core);
  }

  /**
   * The query that the HTTP routes read through, so that `identify` and `access` can read the app's own tables. Export it, and
   * pass its reference to `registerRoutes`.
   *
   * @example
   * ```ts
   * export const httpApi = docs.httpApi();
   * // http.ts: docs.registerRoutes(http, { prefix: "/api/documents", query: internal.documents.httpApi });
   * ```
   */
  // Not by a name of its own: a reference to an export of an aliased type has lost the arguments.
  httpApi(): RegisteredQuery<"internal", HttpCall, Promise<unknown>> {
    const core = { ...this.core, mapError: undefined };
    return createHttpQuery(async (ctx, { isSignedIn, linkToken }) => {
      // The query is the host's, so its `ctx` has what the hooks declare.
      const host = ctx as typeof ctx & Ctx & AccessCtx;
      const userId = isSignedIn ? await this.identify(host) : null;
      if (isSignedIn && userId === null) throw fail(unauthorized());
      const { sharing, arguments: shapes } = core;
      const token = sharing ? linkToken : null;
      const actor = await showing(actorOf(userId), token);
      return new Operations<F>(core, shapes.caller, () => actor);
    });
  }

  /**
   * Functions that clean up, for the host's `crons.ts`. Each call starts a run that goes on in the background, in batches of
   * one transaction; a call during a run does nothing. Only a policy or the document's own `expiresAt` lets a document go.
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
    options: RetentionOptions<F, HookCtx, Id>,
  ): Retention & IfHistory<H, HistoryRetention> {
    const history = this.core.history ? createHistoryRetention(this.core) : {};
    const retention = { ...createRetention(this.core, options), ...history };
    return retention as Retention & IfHistory<H, HistoryRetention>;
  }

  /**
   * The function in which bulk operations run `access`, `onChange` and `schema`. Export it, and pass its reference as the
   * option `worker`.
   *
   * @example
   * ```ts
   * const writer: DocsWorker = internal.tickets.worker;
   * export const tickets = new Docs(components.tickets, { fields, identify, schema, worker: writer });
   * export const worker = tickets.worker();
   * ```
   */
  worker(): RegisteredMutation<"internal", WorkerCall, Promise<Outcome[]>> {
    return createWorker(this.core);
  }

  /**
   * An operator's functions to export: `hold`, `release`, `erase`, `erasure`, which says how far one is and is its receipt,
   * `exportPage`, and `forgetRevision` where there is a history. Without options they are internal, for the dashboard and
   * `npx convex run`. With `authorize` they are public, for an operator's page.
   *
   * @example
   * ```ts
   * export const { hold, release, erase, erasure, exportPage } = docs.operator();
   * // npx convex run people:erase '{ "userId": "…" }' && npx convex run people:erasure '{ "userId": "…" }'
   * ```
   */
  operator(): OperatorFunctions<"internal", F, H, Id>;
  /** Public functions that call `authorize` first. */
  operator<OperatorCtx = GenericQueryCtx<GenericDataModel>>(
    options: OperatorOptions<OperatorCtx>,
  ): OperatorFunctions<"public", F, H, Id>;
  /** Either of them. */
  operator(options?: OperatorOptions<never>): unknown {
    const build = new OperatorBuilder(options?.authorize);
    const system = this.asSystem("operator");
    const functions = createOperator(build, system as never);
    if (!this.core.history) return functions;
    const history = createHistoryOperator(build, system as never);
    return { ...functions, ...history };
  }

  /**
   * The function that makes new views known at a deploy: run it after one, so that they are built before the first write. Without
   * it, the first write begins the build. Does nothing when there is nothing to build; with `again: true` it compares every
   * document with its places.
   *
   * @example
   * ```ts
   * export const buildViews = docs.buildViews();
   * // npx convex deploy && npx convex run documents:buildViews
   * ```
   */
  buildViews(): RegisteredMutation<
    "internal",
    { again?: boolean },
    Promise<ViewStatus[]>
  > {
    return createBuildViews(this.core);
  }

  /**
   * The function that removes a view which the host declares no more. It would go by itself two days after the deploy. It throws
   * VALIDATION_FAILED for one that is declared.
   *
   * @returns how many: a view has left several of its name if its keys were changed
   * @example
   * ```ts
   * export const dropView = docs.dropView();
   * // npx convex run documents:dropView '{ "view": "byTag" }'
   * ```
   */
  dropView(): RegisteredMutation<
    "internal",
    { view: string },
    Promise<number>
  > {
    return createDropView(this.core);
  }

  /**
   * The function that says how far each view is, for an operator.
   *
   * @example
   * ```ts
   * export const viewStatus = docs.viewStatus();
   * ```
   */
  viewStatus(): RegisteredQuery<
    "internal",
    Record<never, never>,
    Promise<ViewStatus[]>
  > {
    return createViewStatus(this.core);
  }
}

/** The operations of a user. */
type Caller<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  V,
  S extends boolean,
  H,
  W,
  R,
  Id extends string,
> = Operations<
  F,
  ReadCtx<Ctx>,
  WriteCtx<Ctx, ChangeCtx>,
  PerhapsOwner<S>,
  V,
  S,
  ShownFields<F, R>,
  Id
> &
  Added<F, Ctx, ChangeCtx, V, H, W, Id>;

/** The operations of the system. */
type System<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  V,
  S extends boolean,
  H,
  W,
  R,
  Id extends string,
> = SystemOperations<
  F,
  ReadCtx<Ctx>,
  WriteCtx<Ctx, ChangeCtx>,
  V,
  S,
  ShownFields<F, R>,
  Id
> &
  Added<F, Ctx, ChangeCtx, V, H, W, Id> &
  IfHistory<H, SystemHistory<Id>>;

/** The functions of an operator. */
type OperatorFunctions<
  Visibility extends FunctionVisibility,
  F extends PropertyValidators,
  H,
  Id extends string,
> = DocsOperatorFunctions<Visibility, F, Id> &
  IfHistory<H, HistoryOperatorFunctions<Visibility, Id>>;

/** The operations that the options `history` and `workingCopy` add. */
type Added<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  V,
  H,
  W,
  Id extends string,
> = IfHistory<
  H,
  HistoryOperations<F, ReadCtx<Ctx>, WriteCtx<Ctx, ChangeCtx>, Id>
> &
  IfWorkingCopy<
    W,
    PublishingOperations<ReadCtx<Ctx>, WriteCtx<Ctx, ChangeCtx>, Id> &
      PublishingBulk<F, WriteCtx<Ctx, ChangeCtx>, V, Id>
  >;

/**
 * Documents, each of which has an owner. One `Docs` for each mount of the component.
 *
 * Its methods act as the caller; `as` and `asSystem` give the same methods for another user and for the system.
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
export const Docs = OwnedDocs as DocsConstructor;
export type Docs<
  F extends PropertyValidators,
  Ctx = AuthCtx,
  ChangeCtx = unknown,
  AccessCtx = Ctx,
  V extends Views<F> = NoViews,
  S extends boolean = false,
  H = undefined,
  W = undefined,
  R = undefined,
  Id extends string = string,
> = OwnedDocs<F, Ctx, ChangeCtx, AccessCtx, V, S, H, W, R, Id> &
  Added<F, Ctx & AccessCtx, ChangeCtx, V, H, W, Id>;

/** A class whose methods depend on what is declared cannot be written as one. */
type DocsConstructor = new <
  const F extends PropertyValidators,
  Ctx = AuthCtx,
  ChangeCtx = unknown,
  // Apart from that of `identify`, so that each hook says what it needs, and one does not decide for the other.
  AccessCtx = Ctx,
  const V extends Views<F> = NoViews,
  S extends boolean = false,
  H extends HistoryOptions | undefined = undefined,
  W extends true | undefined = undefined,
  const R extends Readable<F> | undefined = undefined,
  // The mount's name brands its ids.
  Name extends string | undefined = string | undefined,
>(
  component: ComponentApi<Name>,
  options: DocsOptions<
    F,
    Ctx,
    ChangeCtx,
    AccessCtx,
    V,
    S,
    H,
    W,
    R,
    DocumentId<Name>
  >,
) => Docs<F, Ctx, ChangeCtx, AccessCtx, V, S, H, W, R, DocumentId<Name>>;
