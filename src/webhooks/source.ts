/**
 * What a host says about one sender of webhooks, and what the package knows about its provider.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { GenericActionCtx, GenericDataModel } from "convex/server";
import type { Infer, Validator } from "convex/values";
import type { Refusal } from "../shared/webhooks.js";
import type { Delivery, Scheme, VerifyOptions } from "./verify.js";

/** What a verified delivery is about. */
export type Described = {
  /** The sender's id of the event, the same in every delivery of it. Absent: the hash of the body. */
  key?: string | undefined;
  type: string;
  /** When it happened, in ms. */
  occurredAt?: number | undefined;
};

/** A verified delivery. Its texts come from the sender: genuine, and still not to be trusted to be well formed. */
export type Incoming = {
  /** The name of the source. */
  source: string;
  headers: Headers;
  /** The body as text, without a byte order mark. */
  text: string;
  /** The body, parsed. */
  payload: unknown;
};

/** Replaces the scheme where a provider's way to sign is one of its own. */
export type CustomVerify = (
  delivery: Delivery,
  options: VerifyOptions,
) => Promise<Refusal | null>;

export type Provider = {
  scheme: Scheme | CustomVerify;
  /** Whether the signature covers what `describe` takes the key from. If not, the body is guarded against replay too. */
  idSigned: boolean;
  /** The headers worth keeping, in lower case. Never a signature. */
  headers: readonly string[];
  /** Reads the body; JSON when not given. A throw is INVALID_BODY. */
  parse?: (text: string, headers: Headers) => unknown;
  describe: (incoming: Incoming) => Described;
  /** Answers a verified delivery that is a question and not an event. */
  handshake?: (incoming: Incoming) => Response | null;
};

/** What the payload of each type has to be: Convex validators, or any Standard Schema such as Zod 4's. */
export type EventSchemas = Record<
  string,
  Validator<unknown, "required", string> | StandardSchemaV1
>;

export type SourceOptions = {
  /**
   * The secrets, any of which may have signed: the new and the old one during a rotation, 4 at most. Called for each
   * delivery, so that a change of an environment variable needs no deploy. If none is usable, deliveries are answered 500
   * and the log says so; they are never let through.
   */
  secrets: () => readonly (string | null | undefined)[];
  /** Seconds that a timestamp may lie in the past or the future: 300 when not given. */
  toleranceSeconds?: number;
  /**
   * Whether a body that was seen is a duplicate whatever id its headers give: `true` when not given, for schemes whose
   * signature does not cover the id. Without it, whoever captured one delivery can send it for ever under new ids.
   */
  replayGuard?: boolean;
  /** Headers to keep with each event, beside the preset's. A signature, cookie or authorization is never kept. */
  headers?: readonly string[];
  /** `false`: an event is stored as skipped and its handler never runs. */
  filter?: (event: { type: string; payload: unknown }) => boolean;
  /** What events have to be in order with: those with the same text. Makes `event.stale` meaningful. */
  orderBy?: (event: { type: string; payload: unknown }) => string | undefined;
  /** Asked before anything is read. `retryAfterMs` refuses with 429. */
  rateLimit?: (
    ctx: GenericActionCtx<GenericDataModel>,
    caller: { source: string; request: Request },
  ) => Promise<{ retryAfterMs: number } | null>;
  /** Answers a GET request that asks whether the endpoint is ours, before any event is sent (Meta, Microsoft Graph, X). */
  challenge?: (request: Request) => Promise<Response> | Response;
  /** `true`: every delivery is answered 410, which tells the sender to stop. */
  disabled?: boolean;
  /** `true`: of an error that a handler throws, only the code is kept, since its text may quote the payload. */
  redactErrors?: boolean;
};

/** Payloads by type: checked ones as `value`, others as the `text` that was sent. */
export type PayloadTypes = Record<
  string,
  { value: unknown } | { text: unknown }
>;

type PayloadOf<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : S extends Validator<unknown, "required", string>
    ? Infer<S>
    : never;

/** The payloads that schemas promise. */
export type Checked<E extends EventSchemas> = {
  [Type in keyof E & string]: { value: PayloadOf<E[Type]> };
};

/** The payloads that a provider's own types promise: a union told apart by `type`, or an object of them by type. */
export type Unchecked<E> = [E] extends [{ type: string }]
  ? { [Type in E["type"]]: { text: Extract<E, { type: Type }> } }
  : { [Type in keyof E & string]: { text: E[Type] } };

/** One sender of webhooks. Made by a preset. */
export type Source<Types extends PayloadTypes = PayloadTypes> = {
  provider: Provider;
  options: SourceOptions;
  schemas: EventSchemas;
  /** Exists in types only. */
  readonly types?: Types;
};

/**
 * Makes a source of a provider. With `events`, payloads are checked and handed over typed; fields that a schema does not
 * name are dropped. Without, they are handed over as text, and a type argument says what is in it.
 */
export interface Preset<Extra = unknown> {
  <const E extends EventSchemas>(
    options: SourceOptions & Extra & { events: E },
  ): Source<Checked<E>>;
  <E = Record<string, unknown>>(
    options: SourceOptions & Extra,
  ): Source<Unchecked<E>>;
}

/** The preset of a provider, or of one that the host's options complete. */
export function preset<Extra = unknown>(
  provider: Provider | ((options: Extra) => Provider),
): Preset<Extra> {
  const make = (
    options: SourceOptions & Extra & { events?: EventSchemas },
  ) => ({
    provider: typeof provider === "function" ? provider(options) : provider,
    options,
    schemas: options.events ?? {},
  });
  // The overloads say which payloads the schemas promise; no value does.
  return make;
}

/** A member of a value that may be anything: `undefined` if there is none. */
export function member(value: unknown, ...path: string[]): unknown {
  let at: unknown = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) {
      return undefined;
    }
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** The same, if it is a text that says something. */
export function text(value: unknown, ...path: string[]): string | undefined {
  const found = member(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The time that a text such as RFC 3339's stands for, in ms. */
export function time(spelled: string | undefined | null): number | undefined {
  const at = spelled ? Date.parse(spelled) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
