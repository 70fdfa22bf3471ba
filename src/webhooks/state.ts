/**
 * What one `Webhooks` knows, worked out once, and how it talks to its component.
 *
 * @module
 */
import { assertMounted, type RunMutationCtx } from "../host/component.js";
import type { ComponentApi } from "../component/_generated/component.js";
import {
  DELIVERY,
  WEBHOOK_RETENTION,
  type SourcePolicy,
} from "../shared/webhooks.js";
import { assertWithin, Handlers } from "./handlers.js";
import type { PayloadTypes, Source } from "./source.js";

export type WebhooksSettings = {
  /** How long things are kept, in days. */
  retention?: {
    /** The body of an event that was applied: 7 when not given. */
    bodyDays?: number;
    /** What recognises a duplicate: 30. Longer than any sender retries. */
    dedupeDays?: number;
    /** An event that was not applied, with its body: 90. */
    deadDays?: number;
  };
  /** Bytes of the largest body that is taken in: 900,000 when not given and at most. */
  maxBodyBytes?: number;
  /**
   * Gets one line of JSON for each delivery: source, outcome, type, id and time, never a payload or a secret. `console.info`
   * when not given; `false` for none.
   */
  log?: ((line: string) => void) | false;
};

/** One source, ready to receive. */
export type RegisteredSource = {
  name: string;
  source: Source;
  handlers: Handlers<PayloadTypes>;
  policy: SourcePolicy;
  /** Headers that are kept, in lower case. */
  headers: readonly string[];
};

export type WebhooksState = {
  component: ComponentApi;
  inlets: Map<string, RegisteredSource>;
  maxBodyBytes: number;
  log: (line: string) => void;
};

/** Works out, once, what a `Webhooks` knows. */
export function createWebhooksState(
  component: ComponentApi,
  sources: Record<string, Source>,
  {
    retention = {},
    maxBodyBytes = DELIVERY.maxBodyBytes,
    log,
  }: WebhooksSettings,
): WebhooksState {
  assertMounted("Webhooks", component);
  assertWithin("maxBodyBytes", maxBodyBytes, 1, DELIVERY.maxBodyBytes);
  const days = { ...WEBHOOK_RETENTION, ...retention };
  for (const name of ["bodyDays", "dedupeDays", "deadDays"] as const) {
    assertWithin(`retention.${name}`, days[name], 1, WEBHOOK_RETENTION.maxDays);
  }
  const inlets = Object.entries(sources).map(
    ([name, source]): RegisteredSource => ({
      name,
      source,
      handlers: new Handlers(),
      policy: {
        bodyMs: days.bodyDays * WEBHOOK_RETENTION.dayMs,
        dedupeMs: days.dedupeDays * WEBHOOK_RETENTION.dayMs,
        deadMs: days.deadDays * WEBHOOK_RETENTION.dayMs,
        redactErrors: source.options.redactErrors ?? false,
      },
      headers: headersToKeep(source),
    }),
  );
  return {
    component,
    inlets: new Map(inlets.map((inlet) => [inlet.name, inlet])),
    maxBodyBytes,
    log:
      log === false ? () => undefined : (log ?? ((line) => console.info(line))),
  };
}

/** What must not lie in a table: whoever reads it could sign, or sign in. */
const SECRET_HEADER = /signature|hmac|authorization|cookie|secret|api-?key/i;

function headersToKeep({ provider, options }: Source): string[] {
  const asked = (options.headers ?? []).map((name) => name.toLowerCase());
  const secret = asked.find((name) => SECRET_HEADER.test(name));
  if (secret !== undefined) {
    throw new Error(
      `convex-docs: the header "${secret}" is a secret and cannot be kept.`,
    );
  }
  const all = ["content-type", ...provider.headers, ...asked];
  return [...new Set(all)].slice(0, DELIVERY.maxHeaders);
}

/** The source that a host names. Throws for one that it did not declare. */
export function registeredSource(
  { inlets }: WebhooksState,
  name: string,
): RegisteredSource {
  const inlet = inlets.get(name);
  if (!inlet) throw new Error(`convex-docs: there is no source "${name}".`);
  return inlet;
}

/** Tells the component about a source's handlers if it does not know them as they are. */
export async function syncRoutes(
  { component }: WebhooksState,
  ctx: RunMutationCtx,
  { name: source, handlers }: RegisteredSource,
): Promise<void> {
  const fingerprint = await handlers.fingerprint();
  const which = { source, fingerprint };
  if (await ctx.runQuery(component.webhooks.isSynced, which)) return;
  const routes = await handlers.routes();
  await ctx.runMutation(component.webhooks.sync, { ...which, routes });
}
