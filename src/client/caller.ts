/**
 * Who calls, and how a call begins and ends: what the operations have in common.
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import type { RunQueryCtx } from "../host/component.js";
import { checkFields } from "../shared/check.js";
import type { Actor } from "../shared/documents.js";
import { batchTooLarge, fail, invalid } from "../shared/failures.js";
import type { ArgumentShapes } from "./arguments.js";
import { mapErrors } from "./errors.js";
import type { DocsState } from "./options.js";
import {
  acting,
  asked,
  nameOther,
  unasked,
  withoutCaller,
} from "./principals.js";

/** How the arguments of an operation are checked, beside their shape. */
type Checks = {
  /** Items of a batch. */
  limit?: number;
  /** What no shape can say of arguments. They may be malformed all the same. */
  rules?: () => Issue[];
  /** What else is wrong with arguments that are malformed as these issues say. */
  further?: (malformed: Issue[]) => Promise<Issue[]>;
};

/** The calls of one actor. */
export class Caller<ReadCtx extends RunQueryCtx = RunQueryCtx> {
  /**
   * Made by `Docs`.
   *
   * @param isAbsent whether the actor is not who is calling
   * @internal
   */
  constructor(
    protected readonly core: DocsState,
    protected readonly shapes: ArgumentShapes,
    private readonly who: (ctx: ReadCtx) => Promise<Actor> | Actor,
    private readonly isAbsent = false,
  ) {}

  protected async actor(ctx: ReadCtx): Promise<Actor> {
    return unasked(this.core, await this.who(ctx));
  }

  /** The actor with all that they may act as. */
  protected async whole(ctx: ReadCtx, actor: Actor): Promise<Actor> {
    return await asked(this.core, this.toAsk(ctx), actor);
  }

  /** The actor of a call about an owner's documents: with all that they may act as if the owner is another. */
  protected async actorFor(ctx: ReadCtx, whose: object): Promise<Actor> {
    const actor = await this.actor(ctx);
    return nameOther(actor, [whose]) ? await this.whole(ctx, actor) : actor;
  }

  /**
   * See `acting`.
   *
   * @param items what the call is about: a new document may say whose it is to be
   * @param isOnce whether it can be run only once
   */
  protected async acting<T>(
    ctx: ReadCtx,
    run: (actor: Actor) => Promise<T>,
    items: readonly object[] = [],
    isOnce = false,
  ): Promise<T> {
    const actor = await this.actor(ctx);
    const isOther = isOnce || nameOther(actor, items);
    return await acting(this.core, this.toAsk(ctx), actor, run, isOther);
  }

  /**
   * Checks the arguments (of a batch, first their number), runs the operation, and maps its errors to the host's. One refusal
   * names everything that is wrong.
   */
  protected async ask<T>(
    operation: keyof ArgumentShapes,
    args: object,
    run: () => Promise<T>,
    { limit = Infinity, rules, further }: Checks = {},
  ): Promise<T> {
    return await mapErrors(this.core.mapError, async () => {
      checkSize(args, limit);
      const malformed = checkFields(this.shapes[operation], args);
      const issues = [...malformed, ...beyond(malformed, rules)];
      if (issues.length > 0) {
        const more = malformed.length > 0 ? await further?.(malformed) : [];
        throw fail(invalid([...issues, ...(more ?? [])]));
      }
      return await run();
    });
  }

  private toAsk(ctx: object): object {
    return this.isAbsent ? withoutCaller(ctx) : ctx;
  }
}

/** What the rules find beside what is malformed: of a malformed value they may say anything, or throw. */
function beyond(malformed: Issue[], rules: Checks["rules"]): Issue[] {
  if (!rules) return [];
  if (malformed.length === 0) return rules();
  const isKnown = ({ path }: Issue) =>
    malformed.some(
      (known) => known.path === path || path.startsWith(`${known.path}.`),
    );
  try {
    return rules().filter((found) => !isKnown(found));
  } catch {
    return [];
  }
}

/** Refuses a batch of a million items before any of them is looked at. */
function checkSize(args: unknown, limit: number): void {
  // Plain JavaScript may send anything; what is not an object of arguments is refused by its shape.
  const { ids, items = ids } = (args ?? {}) as {
    ids?: unknown;
    items?: unknown;
  };
  if (Array.isArray(items) && items.length > limit) {
    throw fail(batchTooLarge("items", limit, items.length));
  }
}
