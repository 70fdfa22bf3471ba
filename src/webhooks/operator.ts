import type {
  FunctionVisibility,
  GenericDataModel,
  GenericQueryCtx,
  PaginationOptions,
  PaginationResult,
} from "convex/server";
import { v, type Infer } from "convex/values";
import {
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import { OperatorBuilder, type OperatorOptions } from "../host/operator.js";
import { vOrder } from "../shared/documents.js";
import {
  vEventRow,
  vSourceStats,
  vWebhookStatus,
  WEBHOOK_BATCH,
  type CheckedPayload,
  type EventRow,
  type SourceStats,
  type WebhookStatus,
} from "../shared/webhooks.js";
import { readPayload, validatePayload } from "./payload.js";
import { registeredSource, syncRoutes, type WebhooksState } from "./state.js";

export type ListEventsArgs<Name extends string> = {
  source?: Name;
  status?: WebhookStatus;
  /** Events are filtered by type as they are read: a page may be short or empty although more follow. */
  type?: string;
  /** By arrival. Default: `"desc"`. */
  order?: "asc" | "desc";
  /** At most 100 events a page. */
  paginationOpts: PaginationOptions;
};

const vReplayableStatus = v.union(
  v.literal("dead"),
  v.literal("unhandled"),
  v.literal("skipped"),
);

export type ReplayManyArgs<Name extends string> = {
  source: Name;
  status: Infer<typeof vReplayableStatus>;
  type?: string;
  /** Events of one call. Default: 50. At most 100. */
  limit?: number;
  /** The cursor of the call before. Default: the oldest event. */
  cursor?: string | null;
};

const vReplayed = v.union(v.literal("replayed"), v.literal("invalid"));

const vReplayedMany = v.object({
  /** Events with a new attempt. */
  replayed: v.number(),
  /** Events whose payload their schema still refuses. */
  invalid: v.number(),
  cursor: v.union(v.null(), v.string()),
  isDone: v.boolean(),
});
export type ReplayedMany = Infer<typeof vReplayedMany>;

/** A stored event with its body, to be checked by the schemas of today. */
type StoredBody = {
  source: string;
  type: string;
  text: string;
  headers: Record<string, string>;
};

/** The operator's methods of `Webhooks`. They do not check the caller: the host's functions do. */
export class WebhooksOperator<Name extends string> {
  /** @internal */
  protected readonly state: WebhooksState;

  constructor(state: WebhooksState) {
    this.state = state;
  }

  /**
   * An event without its body.
   *
   * @returns `null` if none has this id
   * @example
   * ```ts
   * const event = await webhooks.get(ctx, { id });
   * ```
   */
  async get(ctx: RunQueryCtx, args: { id: string }): Promise<EventRow | null> {
    const { webhooks } = this.state.component;
    return await ctx.runQuery(webhooks.get, args);
  }

  /**
   * The body of an event as the sender wrote it.
   *
   * @returns `null` after retention deleted it
   * @throws NOT_FOUND
   * @example
   * ```ts
   * const body = await webhooks.getBody(ctx, { id });
   * ```
   */
  async getBody(
    ctx: RunQueryCtx,
    args: { id: string },
  ): Promise<string | null> {
    const { webhooks } = this.state.component;
    return (await ctx.runQuery(webhooks.getBody, args)).text;
  }

  /**
   * A page of events, without their bodies.
   *
   * @throws INVALID_CURSOR; VALIDATION_FAILED for a page of no size
   * @example
   * ```ts
   * const dead = await webhooks.list(ctx, { status: "dead", paginationOpts });
   * ```
   */
  async list(
    ctx: RunQueryCtx,
    { paginationOpts, order = "desc", ...filter }: ListEventsArgs<Name>,
  ): Promise<PaginationResult<EventRow>> {
    const { webhooks } = this.state.component;
    const args = {
      ...filter,
      order,
      paginationOpts: pageOptions(paginationOpts),
    };
    return await ctx.runQuery(webhooks.list, args);
  }

  /**
   * The health of a source: events by status, counted up to 100, and why deliveries were refused, the latest reason first. A
   * wrong secret shows here and at the sender.
   *
   * @example
   * ```ts
   * const stats = await webhooks.stats(ctx, { source: "stripe" });
   * ```
   */
  async stats(ctx: RunQueryCtx, args: { source: Name }): Promise<SourceStats> {
    const { webhooks } = this.state.component;
    return await ctx.runQuery(webhooks.stats, args);
  }

  /**
   * Schedules a new round of attempts for an event, after its body was checked by the schemas of today.
   *
   * @param args `again: true` applies a processed event once more. Default: `false`
   * @returns `"invalid"` if the schema refuses the body: the event is dead
   * @throws NOT_FOUND; VALIDATION_FAILED when it is under way, was applied already, or has lost its body
   * @example
   * ```ts
   * await webhooks.replay(ctx, { id });
   * ```
   */
  async replay(
    ctx: RunMutationCtx,
    { id, again = false }: { id: string; again?: boolean },
  ): Promise<"replayed" | "invalid"> {
    const { webhooks } = this.state.component;
    const { text, ...event } = await ctx.runQuery(webhooks.getBody, { id });
    const source = this.state.sources.get(event.source);
    if (source) await syncRoutes(this.state, ctx, [source]);
    const judged =
      text === null ? null : await this.#checkBody({ ...event, text });
    const items = [{ id, judged }];
    const [outcome] = await ctx.runMutation(webhooks.replay, { items, again });
    return outcome ?? "invalid";
  }

  /**
   * Replays many events, oldest first: the dead, or those of a type that had no handler. Call it with the returned cursor
   * until it is done.
   *
   * @throws Error for a source that was not declared; INVALID_CURSOR
   * @example
   * ```ts
   * let cursor: string | null = null;
   * do {
   *   const result = await webhooks.replayMany(ctx, { source: "stripe", status: "unhandled", type: "invoice.paid", cursor });
   *   cursor = result.isDone ? null : result.cursor;
   * } while (cursor);
   * ```
   */
  async replayMany(
    ctx: RunMutationCtx,
    {
      limit = WEBHOOK_BATCH.defaultPage,
      cursor = null,
      ...filter
    }: ReplayManyArgs<Name>,
  ): Promise<ReplayedMany> {
    const { webhooks } = this.state.component;
    await this.sync(ctx, filter.source);
    const found = await ctx.runQuery(webhooks.replayable, {
      ...filter,
      limit,
      cursor,
    });
    const items: { id: string; judged: CheckedPayload }[] = [];
    for (const { id, ...event } of found.events) {
      items.push({ id, judged: await this.#checkBody(event) });
    }
    const outcomes = await ctx.runMutation(webhooks.replay, {
      items,
      again: false,
    });
    const replayed = outcomes.filter((one) => one === "replayed").length;
    return {
      replayed,
      invalid: outcomes.length - replayed,
      cursor: found.cursor,
      isDone: found.cursor === null,
    };
  }

  /**
   * Leaves an event out: it is not applied unless it is replayed.
   *
   * @throws NOT_FOUND; VALIDATION_FAILED when it was applied, or an action is applying it
   * @example
   * ```ts
   * await webhooks.skip(ctx, { id });
   * ```
   */
  async skip(ctx: RunMutationCtx, args: { id: string }): Promise<void> {
    const { webhooks } = this.state.component;
    await ctx.runMutation(webhooks.skip, args);
  }

  /**
   * Holds the events of a source back until it is resumed. Its deliveries are still accepted.
   *
   * @throws Error for a source that was not declared
   * @example
   * ```ts
   * await webhooks.pause(ctx, { source: "stripe" });
   * ```
   */
  async pause(ctx: RunMutationCtx, args: { source: Name }): Promise<void> {
    await this.#setPause(ctx, args.source, true);
  }

  /**
   * Applies the events that were held back, in batches, and those that follow.
   *
   * @throws Error for a source that was not declared
   * @example
   * ```ts
   * await webhooks.resume(ctx, { source: "stripe" });
   * ```
   */
  async resume(ctx: RunMutationCtx, args: { source: Name }): Promise<void> {
    await this.sync(ctx, args.source);
    await this.#setPause(ctx, args.source, false);
  }

  /**
   * Sends the routes of a source, or of all, to the component. The next delivery does the same; this helps events that wait
   * for a handler with a new name.
   *
   * @throws Error for a source that was not declared
   * @example
   * ```ts
   * await webhooks.sync(ctx);
   * ```
   */
  async sync(ctx: RunMutationCtx, source?: Name): Promise<void> {
    const all =
      source === undefined
        ? [...this.state.sources.values()]
        : [registeredSource(this.state, source)];
    await syncRoutes(this.state, ctx, all);
  }

  /**
   * An operator's functions to export. Without options they are internal, for the dashboard and `npx convex run`. With
   * `authorize` they are public, for an operator's page.
   *
   * @example
   * ```ts
   * // convex/inbox.ts
   * export const { list, stats, replay, pause, resume } = webhooks.operator({ authorize: requireOperator });
   * ```
   */
  operator(): WebhooksOperatorFunctions<"internal">;
  /** Public functions that call `authorize` first. */
  operator<Ctx = GenericQueryCtx<GenericDataModel>>(
    options: OperatorOptions<Ctx>,
  ): WebhooksOperatorFunctions<"public">;
  /** Either of them. */
  operator(options?: OperatorOptions<never>): unknown {
    const build = new OperatorBuilder(options?.authorize);
    return { ...operatorQueries(build, this), ...operatorWrites(build, this) };
  }

  async #setPause(ctx: RunMutationCtx, source: Name, paused: boolean) {
    registeredSource(this.state, source);
    const { webhooks } = this.state.component;
    await ctx.runMutation(webhooks.setPause, { source, paused });
  }

  async #checkBody({
    source: name,
    type,
    text,
    headers,
  }: StoredBody): Promise<CheckedPayload> {
    const source = this.state.sources.get(name);
    if (!source?.handlers.has(type)) return null;
    if (!Object.hasOwn(source.schemas, type)) return null;
    try {
      const payload = readPayload(source.provider, text, headers);
      return await validatePayload(source.schemas[type], payload);
    } catch {
      return { invalid: "The body cannot be parsed." };
    }
  }
}

/** What `webhooks.operator()` returns. */
export type WebhooksOperatorFunctions<Visibility extends FunctionVisibility> =
  ReturnType<typeof operatorQueries<Visibility>> &
    ReturnType<typeof operatorWrites<Visibility>>;

const byId = { id: v.string() };
const bySource = { source: v.string() };

function operatorQueries<Visibility extends FunctionVisibility>(
  build: OperatorBuilder<Visibility>,
  webhooks: WebhooksOperator<string>,
) {
  return {
    get: build.query({
      args: byId,
      returns: v.union(v.null(), vEventRow),
      handler: (ctx, args) => webhooks.get(ctx, args),
    }),
    getBody: build.query({
      args: byId,
      returns: v.union(v.null(), v.string()),
      handler: (ctx, args) => webhooks.getBody(ctx, args),
    }),
    list: build.page(
      {
        source: v.optional(v.string()),
        status: v.optional(vWebhookStatus),
        type: v.optional(v.string()),
        order: v.optional(vOrder),
      },
      vEventRow,
      (ctx, args) => webhooks.list(ctx, args),
    ),
    stats: build.query({
      args: bySource,
      returns: vSourceStats,
      handler: (ctx, args) => webhooks.stats(ctx, args),
    }),
  };
}

function operatorWrites<Visibility extends FunctionVisibility>(
  build: OperatorBuilder<Visibility>,
  webhooks: WebhooksOperator<string>,
) {
  return {
    replay: build.mutation({
      args: { ...byId, again: v.optional(v.boolean()) },
      returns: vReplayed,
      handler: (ctx, args) => webhooks.replay(ctx, args),
    }),
    replayMany: build.mutation({
      args: {
        ...bySource,
        status: vReplayableStatus,
        type: v.optional(v.string()),
        limit: v.optional(v.number()),
        cursor: v.optional(v.union(v.null(), v.string())),
      },
      returns: vReplayedMany,
      handler: (ctx, args) => webhooks.replayMany(ctx, args),
    }),
    skip: build.mutation({
      args: byId,
      returns: v.null(),
      handler: (ctx, args) => webhooks.skip(ctx, args),
    }),
    sync: build.mutation({
      args: { source: v.optional(v.string()) },
      returns: v.null(),
      handler: (ctx, { source }) => webhooks.sync(ctx, source),
    }),
    pause: build.mutation({
      args: bySource,
      returns: v.null(),
      handler: (ctx, args) => webhooks.pause(ctx, args),
    }),
    resume: build.mutation({
      args: bySource,
      returns: v.null(),
      handler: (ctx, args) => webhooks.resume(ctx, args),
    }),
  };
}
