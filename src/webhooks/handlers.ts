/**
 * Which of the host's functions take which events.
 *
 * @module
 */
import {
  createFunctionHandle,
  getFunctionName,
  type FunctionReference,
  type FunctionReference_future,
} from "convex/server";
import {
  WEBHOOK_RETRY,
  type Route,
  type WebhookEvent,
} from "../shared/webhooks.js";
import { sha256, utf8 } from "./bytes.js";
import type { PayloadTypes } from "./source.js";

/** What a handler of a type is given: its checked payload, or the body as text. */
export type EventOf<
  Types extends PayloadTypes,
  Type extends keyof Types & string,
> = Types[Type] extends { value: infer Payload }
  ? WebhookEvent<Payload, Type>
  : WebhookEvent<string, Type>;

export type HandlerOptions = {
  /** Attempts before the event is given up: 8 when not given, over about eleven hours; 40 at most. */
  maxAttempts?: number;
  /**
   * The wait before the second attempt, in ms: 5 s when not given. Each later wait is five times the one before, up to six
   * hours, and each is off by up to a fifth.
   */
  firstRetryMs?: number;
};
export type ActionOptions = HandlerOptions & {
  /**
   * When an action that was not heard of counts as dead and is run again, in ms: 31 minutes when not given, longer than any
   * action may run. A shorter one lets two runs overlap.
   */
  timeoutMs?: number;
};

type Reference = FunctionReference<"mutation" | "action", "internal">;
type DeclaredRoute = Omit<Route, "handle"> & { reference: Reference };

/** The handlers of one source. */
export class Handlers<Types extends PayloadTypes> {
  readonly #routes = new Map<string, DeclaredRoute>();
  #fingerprint: Promise<string> | undefined;

  /**
   * Gives events of a type to a mutation. Its effects and the note that the event was applied commit together: exactly once.
   *
   * @throws Error when the type has a handler already or an option is out of range
   * @example
   * ```ts
   * webhooks.source("stripe").on("payment.completed", internal.payments.markCompleted);
   * ```
   */
  on<Type extends keyof Types & string>(
    type: Type,
    reference: FunctionReference_future<
      "mutation",
      "internal",
      { event: EventOf<Types, NoInfer<Type>> }
    >,
    options: HandlerOptions = {},
  ): this {
    return this.#add(type, "mutation", reference, options);
  }

  /**
   * Gives events of a type to an action: at least once, so pass `event.idempotencyKey` on to whatever it calls.
   *
   * @throws Error when the type has a handler already or an option is out of range
   */
  onAction<Type extends keyof Types & string>(
    type: Type,
    reference: FunctionReference_future<
      "action",
      "internal",
      { event: EventOf<Types, NoInfer<Type>> }
    >,
    options: ActionOptions = {},
  ): this {
    return this.#add(type, "action", reference, options);
  }

  /**
   * Gives events of all other types to a mutation, their bodies as text. Without it they are stored as unhandled, and can be
   * replayed once there is a handler.
   *
   * @throws Error when there is one already
   */
  onUnhandled(
    reference: FunctionReference_future<
      "mutation",
      "internal",
      { event: WebhookEvent }
    >,
    options: HandlerOptions = {},
  ): this {
    return this.#add("*", "mutation", reference, options);
  }

  /** Whether a type has a handler of its own. */
  has(type: string): boolean {
    return this.#routes.has(type);
  }

  /** Tells one set of handlers from another, so that the component can say whether it knows this one. */
  fingerprint(): Promise<string> {
    const told = [...this.#routes.values()].map(
      ({ reference: _reference, ...route }) => route,
    );
    this.#fingerprint ??= sha256(utf8(JSON.stringify(told)));
    return this.#fingerprint;
  }

  /** The routes with their handles, which only the host's own app can make. */
  async routes(): Promise<Route[]> {
    return await Promise.all(
      [...this.#routes.values()].map(async ({ reference, ...route }) => ({
        ...route,
        handle: await createFunctionHandle(reference),
      })),
    );
  }

  #add(
    type: string,
    kind: Route["kind"],
    reference: FunctionReference_future<"mutation" | "action", "internal">,
    options: ActionOptions,
  ): this {
    if (this.#routes.has(type)) {
      throw new Error(`convex-docs: "${type}" has a handler already.`);
    }
    const {
      maxAttempts = WEBHOOK_RETRY.maxAttempts,
      firstRetryMs = WEBHOOK_RETRY.firstMs,
      timeoutMs = WEBHOOK_RETRY.actionTimeoutMs,
    } = options;
    assertWithin("maxAttempts", maxAttempts, 1, WEBHOOK_RETRY.ceiling);
    assertWithin(
      "firstRetryMs",
      firstRetryMs,
      WEBHOOK_RETRY.leastMs,
      WEBHOOK_RETRY.capMs,
    );
    assertWithin(
      "timeoutMs",
      timeoutMs,
      WEBHOOK_RETRY.minTimeoutMs,
      WEBHOOK_RETRY.maxTimeoutMs,
    );
    const name = getFunctionName(reference);
    this.#routes.set(type, {
      type,
      kind,
      name,
      maxAttempts,
      firstRetryMs,
      timeoutMs,
      // `createFunctionHandle` takes the older of the two types; at run time they are the same.
      reference: reference as unknown as Reference,
    });
    this.#fingerprint = undefined;
    return this;
  }
}

/** Throws for an option that is out of its range: a mistake in the host's code. */
export function assertWithin(
  option: string,
  value: number,
  least: number,
  most: number,
): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(
      `convex-docs: ${option} must be a whole number from ${least} to ${most}.`,
    );
  }
}
