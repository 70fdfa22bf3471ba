import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { GenericActionCtx, GenericDataModel } from "convex/server";
import type { Infer, Validator } from "convex/values";
import type { Refusal } from "../shared/webhooks.js";
import type { Delivery, Scheme, VerifyOptions } from "./verify.js";

/** The event of a verified delivery. */
export type Described = {
  /** The sender's id of the event, the same in every delivery of it. Default: the hash of the body. */
  key?: string | undefined;
  type: string;
  /** When the event happened, in ms. */
  occurredAt?: number | undefined;
};

/** A verified delivery. It is genuine, and may still be malformed. */
export type Incoming = {
  /** The name of the source. */
  source: string;
  headers: Headers;
  /** The body as text, without a byte order mark. */
  text: string;
  /** The body, parsed. */
  payload: unknown;
};

/** Verifies a delivery of a provider whose scheme is not an HMAC. Returns the reason of a refusal, or `null`. */
export type CustomVerify = (
  delivery: Delivery,
  options: VerifyOptions,
) => Promise<Refusal | null>;

/** What the package knows about one provider. */
export type Provider = {
  scheme: Scheme | CustomVerify;
  /** Whether the signature covers a time, after which a captured delivery is refused. Default: `false`. */
  timeSigned?: boolean;
  /** Default of the option `replayGuard`. Default: `false`. */
  replayGuard?: boolean;
  /** Whether the signature covers the event's id: if not, a captured body can be sent under the id of another. Default: `true`. */
  idSigned?: boolean;
  /** The headers to store, in lower case. Never a signature. */
  headers: readonly string[];
  /**
   * Parses the body. Also called with the stored headers of an event, for a handler and a replay. A throw is INVALID_BODY.
   * Default: JSON.
   */
  parse?: (text: string, headers: Headers) => unknown;
  describe: (incoming: Incoming) => Described;
  /**
   * The text that the signature covers, where bodies of other bytes have the same signature. Its hash is the key of an event
   * without one. Default: the body.
   */
  signedText?: (incoming: Incoming) => string;
  /** Answers a verified delivery that is no event, such as the challenge to a new URL. `null` for an event. */
  handshake?: (
    incoming: Incoming,
  ) => Response | null | Promise<Response | null>;
  /** Answers a request that the provider does not sign, from its form or query. `null` for any other. */
  unsigned?: (form: URLSearchParams) => Response | null;
  /** Default of the option `reply`. */
  reply?: Reply;
};

/** The answer to a stored event, whose status is 200. */
export type Reply = { body: string; contentType: string };

/** The schema of each type's payload: a Convex validator, or any Standard Schema such as Zod 4's. */
export type EventSchemas = Record<
  string,
  Validator<unknown, "required", string> | StandardSchemaV1
>;

export type SourceOptions = {
  /**
   * The secrets that may have signed: the new and the old one during a rotation, 8 at most. Called for each delivery, so a
   * change of an environment variable needs no deploy. Without a usable secret, deliveries are answered with 500 and the log
   * says so.
   */
  secrets: () => readonly (string | null | undefined)[];
  /** How far a timestamp may lie in the past or the future, in seconds: from 1 to 86,400. Default: 300. */
  toleranceSeconds?: number;
  /**
   * Whether a delivery of a new id with the type and body of an earlier one is stored as `skipped`, with the code
   * REPLAY_SUSPECTED, instead of applied. An operator may replay it. For schemes whose signature does not cover the id: there,
   * a captured delivery can be sent again under a new one. Default: `false` for presets, whose providers send equal bodies
   * for different events; `true` for `hmac` and `custom` with `idSigned: false`.
   */
  replayGuard?: boolean;
  /** Headers to store with each event, beside the preset's. A signature, cookie or authorization is never stored. */
  headers?: readonly string[];
  /** Which events are handled. Those that return `false` are stored as skipped. */
  filter?: (event: { type: string; payload: unknown }) => boolean;
  /** Groups events whose order matters, by a text such as a subscription's id. `event.stale` looks within the group. */
  orderBy?: (event: { type: string; payload: unknown }) => string | undefined;
  /** When an event happened, in ms. Default: the provider's own time of the event. */
  occurredAt?: (event: {
    type: string;
    payload: unknown;
  }) => number | undefined;
  /** Called before the body is read. `retryAfterMs` refuses the delivery with 429. Default: no limit. */
  rateLimit?: (
    ctx: GenericActionCtx<GenericDataModel>,
    caller: { source: string; request: Request },
  ) => Promise<{ retryAfterMs: number } | null>;
  /**
   * Answers an unsigned question about who owns the endpoint: a GET (Meta, Dropbox, X), or a POST without a body (Microsoft
   * Graph). `null`: it is no such question.
   */
  challenge?: (request: Request) => Promise<Response | null> | Response | null;
  /** The answer to a stored event, for a provider that reads it. Its status is 200. Default: the preset's, an empty body. */
  reply?: Reply;
};

/** Payloads by type: a checked one as `value`, any other as the `text` of the body. */
export type PayloadTypes = Record<
  string,
  { value: unknown } | { text: unknown }
>;

type PayloadOf<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : S extends Validator<unknown, "required", string>
    ? Infer<S>
    : never;

/** The payloads of a source with schemas. */
export type Checked<E extends EventSchemas> = {
  [Type in keyof E & string]: { value: PayloadOf<E[Type]> };
};

/** The payloads of a source without schemas, from the provider's types: a union by `type`, or an object of them by type. */
export type Unchecked<E> = [E] extends [{ type: string }]
  ? { [Type in E["type"]]: { text: Extract<E, { type: Type }> } }
  : { [Type in keyof E & string]: { text: E[Type] } };

/** One sender of webhooks, made by a preset. */
export type Source<Types extends PayloadTypes = PayloadTypes> = {
  provider: Provider;
  options: SourceOptions;
  schemas: EventSchemas;
  /** Exists in types alone. */
  readonly types?: Types;
};

/**
 * Makes a source of a provider. With `events`, handlers get checked and typed payloads, without the fields that the schema
 * does not name. Without, they get the body as text, and a type argument says what it holds.
 */
export interface Preset<Extra = unknown> {
  <const E extends EventSchemas>(
    options: SourceOptions & Extra & { events: E },
  ): Source<Checked<E>>;
  <E = Record<string, unknown>>(
    options: SourceOptions & Extra,
  ): Source<Unchecked<E>>;
}

/** The preset of a provider, or of one that the host's options define. */
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
  // The payload types exist in the overloads alone.
  return make;
}

/* Reading payloads. */

/** The value at a path of own properties; `undefined` if there is none. */
export function valueAt(value: unknown, ...path: string[]): unknown {
  let at: unknown = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) {
      return undefined;
    }
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** The text at a path; `undefined` if it is empty or no text. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A time as providers write it, in ms: a text such as RFC 3339's, or a number of seconds or ms. */
export function parseTime(value: unknown): number | undefined {
  // 1e11 is the year 5138 in seconds, and 1973 in ms.
  if (typeof value === "number") return value < 1e11 ? value * 1000 : value;
  return (typeof value === "string" && Date.parse(value)) || undefined;
}
