import {
  httpActionGeneric,
  internalMutationGeneric,
  type GenericDataModel,
  type GenericMutationCtx,
  type HttpRouter,
  type PublicHttpAction,
  type RegisteredMutation,
} from "convex/server";
import { v } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import { assertPath } from "../host/path.js";
import { vWebhookEvent, type WebhookEvent } from "../shared/webhooks.js";
import type { Handlers } from "./handlers.js";
import { WebhooksOperator } from "./operator.js";
import { readPayload } from "./payload.js";
import { answerDelivery, answerQuestion } from "./receive.js";
import type { PayloadTypes, Source } from "./source.js";
import {
  createWebhooksState,
  registeredSource,
  type WebhooksSettings,
} from "./state.js";

/** Sources by name. */
export type Sources = Record<string, Source>;
/** The payloads of a source. */
export type TypesOf<S> = S extends Source<infer Types> ? Types : PayloadTypes;
/** What a body holds that a handler gets as text. */
type Inside<Types, Type extends keyof Types> = Types[Type] extends {
  text: infer Payload;
}
  ? Payload
  : never;

export type WebhooksOptions<S extends Sources> = WebhooksSettings & {
  sources: S;
};

/**
 * Receives webhooks: a delivery is verified, stored under its sender's id and answered. Then a function of the host applies
 * the event, a mutation exactly once and an action at least once, with retries over about eleven hours. What is dead after
 * that can be replayed.
 *
 * @example
 * ```ts
 * // convex/webhooks.ts, with `env` of "./_generated/server"
 * export const webhooks = new Webhooks(components.docs, {
 *   sources: {
 *     stripe: stripe({
 *       secrets: () => [env.STRIPE_WEBHOOK_SECRET],
 *       events: { "payment.completed": z.object({ id: z.string() }) },
 *     }),
 *   },
 * });
 * webhooks.source("stripe").on("payment.completed", internal.payments.markCompleted);
 *
 * // convex/http.ts
 * webhooks.registerRoutes(http, { stripe: "/webhook/stripe" });
 * ```
 */
export class Webhooks<const S extends Sources> extends WebhooksOperator<
  keyof S & string
> {
  /**
   * Declares the sources. `source(name)` adds their handlers.
   *
   * @param component `components.docs`, or another name under which the component is mounted
   * @throws Error when the component is not mounted or an option is out of range
   */
  constructor(component: ComponentApi, options: WebhooksOptions<S>) {
    super(createWebhooksState(component, options.sources, options));
  }

  /**
   * The handlers of a source, to add more.
   *
   * @throws Error for a source that was not declared
   * @example
   * ```ts
   * webhooks.source("stripe").on("payment.completed", internal.payments.markCompleted);
   * ```
   */
  source<Name extends keyof S & string>(
    name: Name,
  ): Handlers<TypesOf<S[Name]>> {
    // One map holds the handlers of all sources. Their payload types depend on the name.
    return registeredSource(this.state, name).handlers;
  }

  /**
   * Adds a POST route for each named source, or for all sources under `prefix`, by their URL-encoded names; and a GET route
   * where a source may be asked who owns it.
   *
   * @throws Error for a source that was not declared, or a path that has a route already or is not URL-encoded
   * @example
   * ```ts
   * webhooks.registerRoutes(http, { stripe: "/webhook/stripe", github: "/webhook/github" });
   * webhooks.registerRoutes(http, { prefix: "/webhooks" });
   * ```
   */
  registerRoutes(
    http: HttpRouter,
    paths: { [Name in keyof S & string]?: string } | { prefix: string },
  ): void {
    for (const [name, path] of this.#paths(paths)) {
      assertPath(path);
      http.route({ path, method: "POST", handler: this.handler(name) });
      const source = registeredSource(this.state, name);
      if (!source.options.challenge && !source.provider.unsigned) continue;
      http.route({
        path,
        method: "GET",
        handler: httpActionGeneric((_ctx, request) =>
          answerQuestion(source, request),
        ),
      });
    }
  }

  /**
   * The HTTP action of one source, for a route of the host's own.
   *
   * @throws Error for a source that was not declared
   * @example
   * ```ts
   * http.route({ path: "/hooks/stripe", method: "POST", handler: webhooks.handler("stripe") });
   * ```
   */
  handler(name: keyof S & string): PublicHttpAction {
    const source = registeredSource(this.state, name);
    return httpActionGeneric((ctx, request) =>
      answerDelivery(this.state, source, ctx, request),
    );
  }

  /**
   * Makes a handler for a type without a schema. It parses the body in the host's code, so the payload may hold what no
   * Convex value can, such as a field called `$ref` or `prénom`.
   *
   * @throws Error for a source that was not declared
   *
   * @example
   * ```ts
   * export const onInvoice = webhooks.mutation("stripe", "invoice.paid", async (ctx: MutationCtx, event) => {
   *   await ctx.db.insert("invoices", { number: event.payload.data.object.number });
   * });
   * ```
   */
  mutation<
    Name extends keyof S & string,
    Type extends keyof TypesOf<S[Name]> & string,
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- inferred from what the handler declares
    Ctx = GenericMutationCtx<GenericDataModel>,
  >(
    source: Name,
    type: Type,
    handler: (
      ctx: Ctx,
      event: WebhookEvent<Inside<TypesOf<S[Name]>, Type>, Type>,
    ) => Promise<void> | void,
  ): RegisteredMutation<
    "internal",
    { event: WebhookEvent<string, Type> },
    Promise<null>
  > {
    const { provider } = registeredSource(this.state, source);
    return internalMutationGeneric({
      args: { event: vWebhookEvent(type, v.string()) },
      returns: v.null(),
      handler: async (ctx, { event }) => {
        const payload = readPayload(provider, event.payload, event.headers);
        await handler(
          // The host's functions run with the host's `ctx`, which is the one its handler declares.
          ctx as Ctx,
          { ...event, type, payload } as Parameters<typeof handler>[1],
        );
        return null;
      },
    });
  }

  #paths(paths: object): [string, string][] {
    const { sources } = this.state;
    const byName = paths as Record<string, string>;
    const { prefix } = byName;
    if (prefix === undefined || sources.has("prefix")) {
      return Object.entries(byName);
    }
    const base = prefix.replace(/\/+$/, "");
    return [...sources.keys()].map((name) => [
      name,
      `${base}/${encodeURI(name)}`,
    ]);
  }
}
