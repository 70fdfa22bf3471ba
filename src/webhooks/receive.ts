/**
 * The way of a delivery: its bytes are read, verified, and only then parsed; one mutation stores it; the sender is answered.
 * What the event is for happens afterwards, so that our trouble is never the sender's.
 *
 * @module
 */
import type { GenericActionCtx, GenericDataModel } from "convex/server";
import { toText } from "../errors/plain.js";
import { readBody } from "../host/body.js";
import {
  DELIVERY,
  REFUSAL_STATUS,
  type Receipt,
  type Received,
  type Refusal,
} from "../shared/webhooks.js";
import { sha256, type Bytes } from "./bytes.js";
import { validatePayload } from "./payload.js";
import type { Incoming } from "./source.js";
import type { RegisteredSource, WebhooksState } from "./state.js";
import { isSecret, SIGNATURE, verify, type Delivery } from "./verify.js";

export type ActionCtx = GenericActionCtx<GenericDataModel>;

/** What is answered, and what is logged. */
type Reply = {
  response: Response;
  outcome:
    Received["outcome"] | Refusal | "handshake" | "disabled" | "STORE_FAILED";
  type?: string;
  id?: string | undefined;
};

/** Answers a delivery. Never throws: what goes wrong here is answered so that the sender tries again. */
export async function answer(
  inbox: WebhooksState,
  inlet: RegisteredSource,
  ctx: ActionCtx,
  request: Request,
): Promise<Response> {
  const startedAt = Date.now();
  const reply = await receive(inbox, inlet, ctx, request).catch(
    (error: unknown): Reply => {
      // The error's text may quote what could not be stored; Convex's own log has it.
      console.error(
        `convex-docs: webhook "${inlet.name}" not stored: ${errorName(error)}`,
      );
      return {
        outcome: "STORE_FAILED",
        response: plainResponse(503, DELIVERY.retryAfterSeconds),
      };
    },
  );
  const { response, outcome, type, id } = reply;
  const ms = Date.now() - startedAt;
  const status = response.status;
  inbox.log(
    JSON.stringify({ webhook: inlet.name, outcome, status, type, id, ms }),
  );
  return response;
}

async function receive(
  inbox: WebhooksState,
  inlet: RegisteredSource,
  ctx: ActionCtx,
  request: Request,
): Promise<Reply> {
  const { options, provider } = inlet.source;
  if (options.disabled)
    return { outcome: "disabled", response: plainResponse(410) };
  const limited = await options.rateLimit?.(ctx, {
    source: inlet.name,
    request,
  });
  if (limited) {
    const wait = Math.max(1, Math.ceil(limited.retryAfterMs / 1000));
    return { outcome: "RATE_LIMITED", response: plainResponse(429, wait) };
  }
  const body = await readBytes(request, inbox.maxBodyBytes);
  if (!body) return await reject(inbox, inlet, ctx, "BODY_TOO_LARGE");
  const { headers, url } = request;
  const refusal = await verifyDelivery(inlet, { headers, url, body });
  if (refusal) return await reject(inbox, inlet, ctx, refusal);
  const incoming = parse(inlet, headers, body);
  if (!incoming) return await reject(inbox, inlet, ctx, "INVALID_BODY");
  const handshake = provider.handshake?.(incoming);
  if (handshake) return { outcome: "handshake", response: handshake };
  const receipt = await receiptOf(inlet, incoming, body);
  const { outcome, id } = await store(inbox, inlet, ctx, receipt);
  return { outcome, id, type: receipt.type, response: plainResponse(200) };
}

async function verifyDelivery(
  { source: { provider, options }, name }: RegisteredSource,
  delivery: Delivery,
): Promise<Refusal | null> {
  const secrets = options.secrets().slice(0, SIGNATURE.maxSecrets);
  const toleranceSeconds =
    options.toleranceSeconds ?? SIGNATURE.toleranceSeconds;
  const how = { secrets, now: Date.now(), toleranceSeconds };
  const { scheme } = provider;
  const refusal =
    typeof scheme !== "function"
      ? await verify(scheme, delivery, how)
      : secrets.some(isSecret)
        ? await scheme(delivery, { ...how, secrets: secrets.filter(isSecret) })
        : "SECRET_MISSING";
  if (refusal === "SECRET_MISSING") {
    console.error(
      `convex-docs: webhook "${name}" has no usable secret. Every delivery is refused until secrets() returns one: ` +
        "check the environment variable's name and its value, white space around it included.",
    );
  }
  return refusal;
}

/** A verified body, read as its provider writes it; `null` if it cannot be. */
function parse(
  { name: source, source: { provider } }: RegisteredSource,
  headers: Headers,
  body: Bytes,
): Incoming | null {
  const text = decode(body);
  if (text === null) return null;
  try {
    const payload: unknown = provider.parse
      ? provider.parse(text, headers)
      : JSON.parse(text);
    return { source, headers, text, payload };
  } catch {
    return null;
  }
}

async function receiptOf(
  {
    source: { provider, options, schemas },
    headers,
    name,
    handlers,
  }: RegisteredSource,
  incoming: Incoming,
  body: Bytes,
): Promise<Receipt> {
  const {
    key = "",
    occurredAt = NaN,
    ...described
  } = provider.describe(incoming);
  const type = toText(described.type, DELIVERY.maxName);
  const hash = await sha256(body);
  const isGuarded = options.replayGuard ?? !provider.idSigned;
  const about = { type, payload: incoming.payload };
  const orderKey = callSafely(() => options.orderBy?.(about));
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  return {
    source: name,
    key: isKey(key) ? key : hash,
    type,
    headers: keptHeaders(headers, incoming.headers),
    text: incoming.text,
    judged: handlers.has(type)
      ? await validatePayload(schema, incoming.payload)
      : null,
    filtered: callSafely(() => options.filter?.(about)) === false,
    ...(isGuarded ? { bodyHash: hash } : {}),
    ...(Number.isFinite(occurredAt) ? { occurredAt } : {}),
    ...(orderKey ? { orderKey: toText(orderKey, DELIVERY.maxName) } : {}),
  };
}

/** A key is stored in an index: short, and text that Convex can hold. */
function isKey(key: string): boolean {
  return key !== "" && key.length <= DELIVERY.maxKey && toText(key) === key;
}

function keptHeaders(
  names: readonly string[],
  headers: Headers,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found[name] = toText(value, DELIVERY.maxHeaderValue);
  }
  return found;
}

/** Runs a host's function on a payload that it may not expect. What it would have said is then unsaid; the event is not lost. */
function callSafely<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    console.error(
      `convex-docs: filter or orderBy of a webhook threw: ${errorName(error)}`,
    );
    return undefined;
  }
}

async function store(
  { component }: WebhooksState,
  { handlers, policy }: RegisteredSource,
  ctx: ActionCtx,
  receipt: Receipt,
): Promise<Received> {
  const fingerprint = await handlers.fingerprint();
  const call = { receipt, policy, fingerprint };
  const received = await ctx.runMutation(component.webhooks.receive, call);
  if (received.outcome !== "unsynced") return received;
  // The first delivery after a deploy that changed the handlers: say who they are, with the event, in one transaction.
  const routes = await handlers.routes();
  return await ctx.runMutation(component.webhooks.receive, { ...call, routes });
}

async function reject(
  { component }: WebhooksState,
  { name: source }: RegisteredSource,
  ctx: ActionCtx,
  code: Refusal,
): Promise<Reply> {
  // If the note cannot be made, the answer is still the right one.
  await ctx
    .runMutation(component.webhooks.reject, { source, code })
    .catch(() => undefined);
  return { outcome: code, response: plainResponse(REFUSAL_STATUS[code]) };
}

/** One fixed text a status. A success is empty: Slack shows what it is answered to its user. */
const TEXT: Record<number, string> = {
  200: "",
  400: "Bad request",
  401: "Not verified",
  410: "Gone",
  413: "Too large",
  429: "Too many requests",
  500: "Not configured",
  503: "Try again later",
};

function plainResponse(status: number, retryAfterSeconds?: number): Response {
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (retryAfterSeconds !== undefined) {
    headers.set("Retry-After", `${retryAfterSeconds}`);
  }
  return new Response(TEXT[status] ?? "", { status, headers });
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/*
 * The body of a request: bytes, and no more of them than we want.
 */

/** Reads a body up to a limit; `null` if it is longer. A length that the sender announces is believed only if it is too long. */
export async function readBytes(
  { headers, body }: Request,
  maxBytes: number,
): Promise<Bytes | null> {
  if (Number(headers.get("content-length")) > maxBytes) return null;
  const blob = await readBody(body, maxBytes);
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

/** Bytes as text, without a byte order mark; `null` if they are not UTF-8. */
export function decode(bytes: Bytes): string | null {
  try {
    // The default would put U+FFFD for what it cannot read, and nobody would notice.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
