import { assertMounted, type RunMutationCtx } from "../host/component.js";
import type { ComponentApi } from "../component/_generated/component.js";
import { assertWholeNumber } from "../shared/issues.js";
import {
  DELIVERY,
  WEBHOOK_RETENTION,
  type SourcePolicy,
} from "../shared/webhooks.js";
import { Handlers } from "./handlers.js";
import type { PayloadTypes, Provider, Source } from "./source.js";
import { TOLERANCE_SECONDS } from "./verify.js";

export type WebhooksSettings = {
  /** How long events are kept, in days. */
  retention?: {
    /** The body of a processed event. Default: 7. */
    bodyDays?: number;
    /**
     * The row of an event, which recognises duplicates. Default: 30, longer than any sender retries; 90 for a source whose
     * signature covers no time.
     */
    dedupeDays?: number;
    /** An event that was not applied, with its body. Default: 90. */
    deadDays?: number;
  };
  /** Bytes of the largest accepted body. Default and maximum: 900,000. */
  maxBodyBytes?: number;
  /**
   * Called with one line of JSON per delivery: source, outcome, status, type, id and time, never a payload or a secret.
   * `false` logs nothing. Default: `console.info`.
   */
  log?: ((line: string) => void) | false;
};

/** A source under its name, with its handlers. */
export type RegisteredSource = Source & {
  name: string;
  handlers: Handlers<PayloadTypes>;
  policy: SourcePolicy;
  /** Headers that are stored, in lower case. */
  storedHeaders: readonly string[];
};

/** What every method of a `Webhooks` needs: its component, sources and settings. */
export type WebhooksState = {
  component: ComponentApi;
  sources: Map<string, RegisteredSource>;
  maxBodyBytes: number;
  log: (line: string) => void;
};

/**
 * Registers the sources of a host.
 *
 * @throws Error when the component is not mounted or an option is out of range
 */
export function createWebhooksState(
  component: ComponentApi,
  sources: Record<string, Source>,
  {
    retention = {},
    maxBodyBytes = DELIVERY.maxBodyBytes,
    log = (line) => console.info(line),
  }: WebhooksSettings,
): WebhooksState {
  assertMounted("Webhooks", component);
  assertWholeNumber("maxBodyBytes", maxBodyBytes, 1, DELIVERY.maxBodyBytes);
  for (const { options } of Object.values(sources)) {
    const { toleranceSeconds = TOLERANCE_SECONDS } = options;
    assertWholeNumber("toleranceSeconds", toleranceSeconds, 1, 86_400);
  }
  const registered = Object.entries(sources).map(
    ([name, source]): [string, RegisteredSource] => [
      name,
      {
        ...source,
        name,
        handlers: new Handlers(),
        policy: policyOf(retention, source.provider),
        storedHeaders: storedHeadersOf(source),
      },
    ],
  );
  return {
    component,
    sources: new Map(registered),
    maxBodyBytes,
    log: log === false ? () => undefined : log,
  };
}

/**
 * The source of a name.
 *
 * @throws Error for a source that the host did not declare
 */
export function registeredSource(
  { sources }: WebhooksState,
  name: string,
): RegisteredSource {
  const source = sources.get(name);
  if (!source) throw new Error(`convex-docs: there is no source "${name}".`);
  return source;
}

/** Sends the routes of sources to the component, unless it has them already: two calls, however many sources. */
export async function syncRoutes(
  { component }: WebhooksState,
  ctx: RunMutationCtx,
  sources: RegisteredSource[],
): Promise<void> {
  const told = await Promise.all(
    sources.map(async ({ name: source, handlers, policy }) => {
      const fingerprint = await handlers.fingerprint(policy);
      return { source, fingerprint, policy, handlers };
    }),
  );
  const asked = told.map(({ source, fingerprint }) => ({
    source,
    fingerprint,
  }));
  const unknown = await ctx.runQuery(component.webhooks.unsynced, {
    sources: asked,
  });
  if (unknown.length === 0) return;
  const declared = told
    .filter(({ source }) => unknown.includes(source))
    .map(async ({ handlers, ...one }) => ({
      ...one,
      routes: await handlers.routes(),
    }));
  const changed = { sources: await Promise.all(declared) };
  await ctx.runMutation(component.webhooks.sync, changed);
}

function policyOf(
  retention: NonNullable<WebhooksSettings["retention"]>,
  { timeSigned }: Provider,
): SourcePolicy {
  const { maxDays, dayMs, untimedDedupeDays, ...defaults } = WEBHOOK_RETENTION;
  const days = {
    ...defaults,
    ...(timeSigned ? {} : { dedupeDays: untimedDedupeDays }),
    ...retention,
  };
  for (const name of ["bodyDays", "dedupeDays", "deadDays"] as const) {
    assertWholeNumber(`retention.${name}`, days[name], 1, maxDays);
  }
  return {
    bodyMs: days.bodyDays * dayMs,
    dedupeMs: days.dedupeDays * dayMs,
    deadMs: days.deadDays * dayMs,
  };
}

/** Headers that are never stored: a reader of the table could sign deliveries or sign in with them. */
const SECRET_HEADER =
  /signature|hmac|authorization|cookie|secret|token|jwt|password|passwd|credential|session|(?<!idempotency-)key/;

function storedHeadersOf({ provider, options }: Source): string[] {
  const asked = (options.headers ?? []).map((name) => name.toLowerCase());
  const secret = asked.find((name) => SECRET_HEADER.test(name));
  if (secret !== undefined) {
    throw new Error(
      `convex-docs: the header "${secret}" is a secret and cannot be stored.`,
    );
  }
  const all = ["content-type", ...provider.headers, ...asked];
  return [...new Set(all)].slice(0, DELIVERY.maxHeaders);
}
