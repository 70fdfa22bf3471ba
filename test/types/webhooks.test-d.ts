import { test, expectTypeOf } from "vitest";
import type { FunctionReference } from "convex/server";
import { v } from "convex/values";
import { z } from "zod";
import type { ComponentApi } from "../../src/component/_generated/component.js";
import {
  standardWebhooks,
  stripe,
  Webhooks,
  type WebhookEvent,
} from "../../src/webhooks/index.js";

declare const component: ComponentApi;
type Ref<
  Kind extends "mutation" | "action",
  Visibility extends "internal" | "public",
  Payload,
  Type extends string = string,
  More = object,
> = FunctionReference<
  Kind,
  Visibility,
  { event: WebhookEvent<Payload, Type> } & More
>;

type Invoice =
  | { type: "invoice.paid"; id: string }
  | { type: "charge.failed"; code: number };
const secrets = () => ["x"];
const webhooks = new Webhooks(component, {
  sources: {
    pay: standardWebhooks({
      secrets,
      events: {
        "payment.completed": v.object({ id: v.string() }),
        "payment.failed": z.object({ reason: z.string() }),
      },
    }),
    stripe: stripe<Invoice>({ secrets }),
    loose: stripe({ secrets }),
  },
});
const pay = webhooks.source("pay");

declare const right: Ref<
  "mutation",
  "internal",
  { id: string },
  "payment.completed"
>;
declare const wider: Ref<"mutation", "internal", { id: string | number }>;
declare const failed: Ref<
  "mutation",
  "internal",
  { reason: string },
  "payment.failed"
>;
declare const wrong: Ref<
  "mutation",
  "internal",
  { id: number },
  "payment.completed"
>;
declare const action: Ref<
  "action",
  "internal",
  { id: string },
  "payment.completed"
>;
declare const open: Ref<
  "mutation",
  "public",
  { id: string },
  "payment.completed"
>;
declare const needy: Ref<
  "mutation",
  "internal",
  { id: string },
  "payment.completed",
  { more: string }
>;
declare const textual: Ref<"mutation", "internal", string, "invoice.paid">;

test("a handler that takes what its type has compiles", () => {
  pay.on("payment.completed", right).on("payment.failed", failed);
  pay.on("payment.completed", wider).onAction("payment.completed", action);
  webhooks.source("stripe").on("invoice.paid", textual);
  webhooks
    .source("loose")
    .on("anything", {} as Ref<"mutation", "internal", string>);
});

test("a handler that does not, does not", () => {
  // @ts-expect-error a wrong payload
  pay.on("payment.completed", wrong);
  // @ts-expect-error the handler of another type
  pay.on("payment.completed", failed);
  // @ts-expect-error an action where a mutation is needed
  pay.on("payment.completed", action);
  // @ts-expect-error a mutation where an action is needed
  pay.onAction("payment.completed", right);
  // @ts-expect-error a function that clients may call
  pay.on("payment.completed", open);
  // @ts-expect-error an argument that is never given
  pay.on("payment.completed", needy);
  // @ts-expect-error a type that was not declared
  pay.on("payment.complete", right);
  // @ts-expect-error a type that the union does not have
  webhooks.source("stripe").on("invoice.void", textual);
  // @ts-expect-error a source that was not declared
  webhooks.source("github");
  // @ts-expect-error a path for a source that was not declared
  webhooks.registerRoutes({} as never, { github: "/x" });
});

test("what a handler in the host's own code is given is what is inside the text", () => {
  webhooks.mutation("stripe", "charge.failed", (_ctx, event) => {
    expectTypeOf(event.payload).toEqualTypeOf<{
      type: "charge.failed";
      code: number;
    }>();
    expectTypeOf(event.type).toEqualTypeOf<"charge.failed">();
  });
});
