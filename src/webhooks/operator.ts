/**
 * What an operator does with events: looks at them, and decides what happens to those that were not applied.
 *
 * @module
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import {
  pageOptions,
  type RunQueryCtx,
  type RunMutationCtx,
} from "../host/component.js";
import {
  WEBHOOK_BATCH,
  type CheckedPayload,
  type EventRow,
  type SourceStats,
  type WebhookStatus,
} from "../shared/webhooks.js";
import { validatePayload } from "./payload.js";
import { registeredSource, syncRoutes, type WebhooksState } from "./state.js";

export type ListEventsArgs<Name extends string> = {
  source?: Name;
  status?: WebhookStatus;
  /** Looked for one by one: a page of one type may be short, or empty, and still have a next one. */
  type?: string;
  /** By arrival; `"desc"` when not given. */
  order?: "asc" | "desc";
  /** 100 events a page at most. */
  paginationOpts: PaginationOptions;
};

export type ReplayManyArgs<Name extends string> = {
  source: Name;
  status: "dead" | "unhandled" | "skipped";
  type?: string;
  /** 50 when not given, 100 at most. */
  limit?: number;
  /** Where the last call stopped. */
  cursor?: string | null;
};

/** How many were started anew, how many are still not what their schema wants, and where to go on. */
export type ReplayedMany = {
  replayed: number;
  invalid: number;
  cursor: string | null;
  isDone: boolean;
};

/** The operator's half of `Webhooks`. Who may call it is for the host's own functions to say. */
export class WebhooksOperator<Name extends string> {
  /** @internal */
  protected readonly inbox: WebhooksState;

  constructor(inbox: WebhooksState) {
    this.inbox = inbox;
  }

  /** One event, without its body; `null` if there is none with this id. */
  async get(ctx: RunQueryCtx, args: { id: string }): Promise<EventRow | null> {
    const { webhooks } = this.inbox.component;
    return await ctx.runQuery(webhooks.get, args);
  }

  /**
   * The body of an event as it was sent; `null` once retention has deleted it.
   *
   * @throws NOT_FOUND
   */
  async getBody(
    ctx: RunQueryCtx,
    args: { id: string },
  ): Promise<string | null> {
    const { webhooks } = this.inbox.component;
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
    { paginationOpts, order = "desc", ...which }: ListEventsArgs<Name>,
  ): Promise<PaginationResult<EventRow>> {
    const { webhooks } = this.inbox.component;
    const args = {
      ...which,
      order,
      paginationOpts: pageOptions(paginationOpts),
    };
    return await ctx.runQuery(webhooks.list, args);
  }

  /**
   * How a source is doing: events by status, counted up to 100, and why deliveries were refused, the latest reason first. A
   * secret that is wrong shows here, and nowhere else but at the sender's.
   */
  async stats(ctx: RunQueryCtx, args: { source: Name }): Promise<SourceStats> {
    const { webhooks } = this.inbox.component;
    return await ctx.runQuery(webhooks.stats, args);
  }

  /**
   * Starts the attempts of an event anew, judged by the schemas of today. `again` applies one that was applied before.
   *
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
    const { webhooks } = this.inbox.component;
    const { source, type, text } = await ctx.runQuery(webhooks.getBody, { id });
    const inlet = this.inbox.inlets.get(source);
    if (inlet) await syncRoutes(this.inbox, ctx, inlet);
    const judged =
      text === null ? null : await this.#judge({ source, type, text });
    const items = [{ id, judged }];
    const [outcome] = await ctx.runMutation(webhooks.replay, { items, again });
    return outcome ?? "invalid";
  }

  /**
   * Starts many anew, oldest first: the dead, or all of a type that had no handler. Call it again with the cursor until it is
   * done.
   *
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
      ...which
    }: ReplayManyArgs<Name>,
  ): Promise<ReplayedMany> {
    const { webhooks } = this.inbox.component;
    await this.sync(ctx, which.source);
    const found = await ctx.runQuery(webhooks.replayable, {
      ...which,
      limit,
      cursor,
    });
    const items: { id: string; judged: CheckedPayload }[] = [];
    for (const event of found.events) {
      items.push({ id: event.id, judged: await this.#judge(event) });
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
   * Leaves an event out for good.
   *
   * @throws NOT_FOUND; VALIDATION_FAILED when it was applied, or an action is applying it
   */
  async skip(ctx: RunMutationCtx, args: { id: string }): Promise<void> {
    const { webhooks } = this.inbox.component;
    await ctx.runMutation(webhooks.skip, args);
  }

  /** Deliveries of a source are still taken in and answered; none is applied until it is resumed. */
  async pause(ctx: RunMutationCtx, args: { source: Name }): Promise<void> {
    await this.#setPause(ctx, args.source, true);
  }

  /** Applies what was held back, some at a time, and everything that follows. */
  async resume(ctx: RunMutationCtx, args: { source: Name }): Promise<void> {
    await this.sync(ctx, args.source);
    await this.#setPause(ctx, args.source, false);
  }

  /**
   * Deletes what has expired: some now, the rest by itself. The component does so every day.
   */
  async purge(ctx: RunMutationCtx): Promise<{ purged: number; more: boolean }> {
    const { webhooks } = this.inbox.component;
    return await ctx.runMutation(webhooks.purge, {});
  }

  /**
   * Tells the component about handlers that have changed. The next delivery does so too; this is for events that wait for a
   * handler that was renamed, and need not wait for a delivery.
   */
  async sync(ctx: RunMutationCtx, source?: Name): Promise<void> {
    const { inlets } = this.inbox;
    const all =
      source === undefined
        ? [...inlets.values()]
        : [registeredSource(this.inbox, source)];
    for (const inlet of all) await syncRoutes(this.inbox, ctx, inlet);
  }

  async #setPause(ctx: RunMutationCtx, source: Name, paused: boolean) {
    registeredSource(this.inbox, source);
    const { webhooks } = this.inbox.component;
    await ctx.runMutation(webhooks.setPause, { source, paused });
  }

  /** What today's schema of its type says of a body that was stored. */
  async #judge(event: {
    source: string;
    type: string;
    text: string;
  }): Promise<CheckedPayload> {
    const inlet = this.inbox.inlets.get(event.source);
    const schemas = inlet?.source.schemas ?? {};
    if (!inlet || !Object.hasOwn(schemas, event.type)) return null;
    if (!inlet.handlers.has(event.type)) return null;
    const { parse } = inlet.source.provider;
    try {
      const payload: unknown = parse
        ? parse(event.text, new Headers())
        : JSON.parse(event.text);
      return await validatePayload(schemas[event.type], payload);
    } catch {
      return { invalid: "The body cannot be read." };
    }
  }
}
