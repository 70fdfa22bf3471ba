/**
 * The class a host makes.
 *
 * @module
 */
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
import { vWebhookEvent, type WebhookEvent } from "../shared/webhooks.js";
import type { Handlers } from "./handlers.js";
import { WebhooksOperator } from "./operator.js";
import { answer } from "./receive.js";
import type { PayloadTypes, Source } from "./source.js";
import {
  createWebhooksState,
  registeredSource,
  type RegisteredSource,
  type WebhooksSettings,
} from "./state.js";

/** The senders, by the names that the host gives them. */
export type Sources = Record<string, Source>;
/** The payloads of a source. */
export type TypesOf<S> = S extends Source<infer Types> ? Types : PayloadTypes;
/** What is inside a body that is handed over as text. */
type Inside<Types, Type extends keyof Types> = Types[Type] extends {
  text: infer Payload;
}
  ? Payload
  : never;

export type WebhooksOptions<S extends Sources> = WebhooksSettings & {
  sources: S;
};

/**
 * Webhooks that are never lost and never applied twice. A delivery is verified, stored under its sender's id and answered;
 * then a handler of the host's applies it: a mutation exactly once, an action at least once, with retries over about eleven
 * hours, and dead letters that can be replayed.
 *
 * @example
 * ```ts
 * // convex/webhooks.ts
 * export const webhooks = new Webhooks(components.docs, {
 *   sources: {
 *     stripe: stripe({
 *       secrets: () => [process.env.STRIPE_WEBHOOK_SECRET],
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
   * Takes the sources; their handlers are added afterwards.
   *
   * @param component `components.docs`, or the name it is mounted under
   * @throws Error when the component is not mounted or an option is out of range: each is a mistake in the host's code
   */
  constructor(component: ComponentApi, options: WebhooksOptions<S>) {
    super(createWebhooksState(component, options.sources, options));
  }

  /**
   * The handlers of a source, to add to.
   *
   * @throws Error for a source that was not declared
   */
  source<Name extends keyof S & string>(
    name: Name,
  ): Handlers<TypesOf<S[Name]>> {
    // One map holds the handlers of all sources; which payloads each has is known by its name alone.
    return registeredSource(this.inbox, name).handlers;
  }

  /**
   * Serves sources over HTTP: those named, each under its path, or all of them as `prefix` and their name.
   *
   * @throws Error for a source that was not declared, or a path that is taken
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
      const inlet = registeredSource(this.inbox, name);
      const handler = this.handler(name);
      http.route({ path, method: "POST", handler });
      const { challenge } = inlet.source.options;
      if (!challenge) continue;
      http.route({
        path,
        method: "GET",
        handler: httpActionGeneric(async (_ctx, request) => challenge(request)),
      });
    }
  }

  /** The HTTP action of one source, to mount where you like. */
  handler(name: keyof S & string): PublicHttpAction {
    const inlet: RegisteredSource = registeredSource(this.inbox, name);
    return httpActionGeneric((ctx, request) =>
      answer(this.inbox, inlet, ctx, request),
    );
  }

  /**
   * A handler for a type without a schema: the body is parsed here, in the host, so it may hold what no Convex value can,
   * such as a field called `$ref` or `prénom`.
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
    const { parse } = registeredSource(this.inbox, source).source.provider;
    return internalMutationGeneric({
      args: { event: vWebhookEvent(type, v.string()) },
      returns: v.null(),
      handler: async (ctx, { event }) => {
        const payload = (
          parse
            ? parse(event.payload, new Headers(event.headers))
            : JSON.parse(event.payload)
        ) as Inside<TypesOf<S[Name]>, Type>;
        // The host's functions run with the host's `ctx`, which is the one its handler declares.
        await handler(ctx as Ctx, { ...event, type, payload });
        return null;
      },
    });
  }

  #paths(paths: object): [string, string][] {
    const { inlets } = this.inbox;
    const given = paths as Record<string, string>;
    const { prefix } = given;
    if (prefix !== undefined && !inlets.has("prefix")) {
      const base = prefix.replace(/\/+$/, "");
      return [...inlets.keys()].map((name) => [name, `${base}/${name}`]);
    }
    return Object.entries(given);
  }
}
