import {
  createFunctionHandle,
  getFunctionName,
  type FunctionReference,
  type FunctionReference_future,
} from "convex/server";
import { assertWholeNumber } from "../shared/issues.js";
import { logError } from "../host/log.js";
import {
  WEBHOOK_RETRY,
  type Route,
  type SourcePolicy,
  type WebhookEvent,
} from "../shared/webhooks.js";
import { sha256, utf8 } from "./bytes.js";
import { environment } from "./environment.js";
import type { PayloadTypes } from "./source.js";

/** The `event` argument of a handler of a type, with the checked payload or the body as text. */
export type EventOf<
  Types extends PayloadTypes,
  Type extends keyof Types & string,
> = Types[Type] extends { value: infer Payload }
  ? WebhookEvent<Payload, Type>
  : WebhookEvent<string, Type>;

export type HandlerOptions = {
  /** Attempts before the event is dead. Default: 8, over about eleven hours. At most 40. */
  maxAttempts?: number;
  /**
   * The wait before the second attempt, in ms. Each later wait is five times the one before, up to six hours, and each is
   * shortened or lengthened at random by up to a fifth. Default: 5,000.
   */
  firstRetryMs?: number;
};
export type ActionOptions = HandlerOptions & {
  /**
   * When an action that did not report counts as dead and is run again, in ms. Default: 31 minutes, longer than an action
   * may run. With a shorter timeout, two runs of one event may overlap.
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
   * Handles events of a type in a mutation, exactly once: its effects and the status `processed` commit together.
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
   * Handles events of a type in an action, at least once: pass `event.idempotencyKey` on to what it calls.
   *
   * @throws Error when the type has a handler already or an option is out of range
   * @example
   * ```ts
   * webhooks.source("stripe").onAction("charge.disputed", internal.support.openTicket);
   * ```
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
   * Handles events of all other types in a mutation, which gets their bodies as text. Without it they are stored as
   * `unhandled`, and can be replayed once there is a handler.
   *
   * @throws Error when the source has such a handler already or an option is out of range
   * @example
   * ```ts
   * webhooks.source("stripe").onUnhandled(internal.audit.record);
   * ```
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

  /**
   * A hash of what the component is told of a source, by which it knows whether it has that or something else. The deployment is
   * part of it: with the data of another one, no handle means anything.
   */
  fingerprint(policy: SourcePolicy): Promise<string> {
    const routes = [...this.#routes.values()].map(
      ({ reference: _reference, ...route }) => route,
    );
    const deployment = environment("CONVEX_CLOUD_URL");
    this.#fingerprint ??= sha256(
      utf8(JSON.stringify([routes, policy, deployment])),
    );
    return this.#fingerprint;
  }

  /** The routes with their function handles, which only the host's app can make. One that is not deployed has none. */
  async routes(): Promise<Route[]> {
    return await Promise.all(
      [...this.#routes.values()].map(async ({ reference, ...route }) => {
        const handle = await createFunctionHandle(reference).catch(
          (error: unknown) => {
            logError(`convex-docs: ${route.name} is not deployed:`, error);
          },
        );
        return handle ? { ...route, handle } : route;
      }),
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
    assertWholeNumber("maxAttempts", maxAttempts, 1, WEBHOOK_RETRY.ceiling);
    assertWholeNumber(
      "firstRetryMs",
      firstRetryMs,
      WEBHOOK_RETRY.leastMs,
      WEBHOOK_RETRY.capMs,
    );
    assertWholeNumber(
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
      // `createFunctionHandle` takes the older of two types that are the same at run time.
      reference: reference as unknown as Reference,
    });
    this.#fingerprint = undefined;
    return this;
  }
}
