/**
 * Answers a delivery: the body is read as bytes, verified, and only then parsed; one mutation stores the event. The handler
 * runs later, so its failures never reach the sender.
 *
 * @module
 */
import type { GenericActionCtx, GenericDataModel } from "convex/server";
import { toText } from "../errors/plain.js";
import { readBody } from "../host/body.js";
import { logError } from "../host/log.js";
import {
  DELIVERY,
  REFUSAL_STATUS,
  type Receipt,
  type Received,
  type Refusal,
} from "../shared/webhooks.js";
import { sha256, utf8, type Bytes } from "./bytes.js";
import { readPayload, validatePayload } from "./payload.js";
import type { Described, Incoming, Reply } from "./source.js";
import type { RegisteredSource, WebhooksState } from "./state.js";
import {
  isSecret,
  MAX_SECRETS,
  TOLERANCE_SECONDS,
  verify,
  type Delivery,
} from "./verify.js";

type ActionCtx = GenericActionCtx<GenericDataModel>;

/** The response to a delivery, and what the log says about it. */
type Answer = {
  response: Response;
  outcome: Received["outcome"] | Refusal | "handshake" | "STORE_FAILED";
  type?: string;
  id?: string | undefined;
};

/** Answers a delivery. Never throws: a failure is answered with 503, so that the sender tries again. */
export async function answerDelivery(
  state: WebhooksState,
  source: RegisteredSource,
  ctx: ActionCtx,
  request: Request,
): Promise<Response> {
  const startedAt = Date.now();
  const answer = await receiveDelivery(state, source, ctx, request).catch(
    (error: unknown): Answer => {
      logError(`convex-docs: webhook "${source.name}" not stored:`, error);
      return {
        outcome: "STORE_FAILED",
        response: plainResponse(503, DELIVERY.retryAfterSeconds),
      };
    },
  );
  const { response, outcome, type, id } = answer;
  const ms = Date.now() - startedAt;
  const status = response.status;
  state.log(
    JSON.stringify({ webhook: source.name, outcome, status, type, id, ms }),
  );
  return response;
}

async function receiveDelivery(
  state: WebhooksState,
  source: RegisteredSource,
  ctx: ActionCtx,
  request: Request,
): Promise<Answer> {
  const { name, options, provider } = source;
  const limited = await options.rateLimit?.(ctx, { source: name, request });
  if (limited) {
    const wait = Math.max(1, Math.ceil(limited.retryAfterMs / 1000));
    return { outcome: "RATE_LIMITED", response: plainResponse(429, wait) };
  }
  if (isCompressed(request.headers)) {
    return await refuse(state, source, ctx, "COMPRESSED_BODY");
  }
  const body = await readBytes(request, state.maxBodyBytes);
  if (!body) return await refuse(state, source, ctx, "BODY_TOO_LARGE");
  if (body.length === 0) {
    const response = await options.challenge?.(request);
    if (response) return { outcome: "handshake", response };
  }
  const { headers, url } = request;
  const refusal = await verifyDelivery(source, { headers, url, body });
  if (refusal) {
    const response =
      refusal === "MISSING_HEADER" && answerUnsigned(source, body);
    if (response) return { outcome: "handshake", response };
    return await refuse(state, source, ctx, refusal);
  }
  const incoming = parseDelivery(source, headers, body);
  if (!incoming) return await refuse(state, source, ctx, "INVALID_BODY");
  const handshake = await provider.handshake?.(incoming);
  if (handshake) return { outcome: "handshake", response: handshake };
  const receipt = await buildReceipt(source, incoming, body);
  const { outcome, id } = await storeReceipt(state, source, ctx, receipt);
  const reply = options.reply ?? provider.reply;
  const response = reply ? replyResponse(reply) : plainResponse(200);
  return { outcome, id, type: receipt.type, response };
}

/** Answers a GET: a challenge, or another request that the provider does not sign. */
export async function answerQuestion(
  { options, provider }: RegisteredSource,
  request: Request,
): Promise<Response> {
  const { searchParams } = new URL(request.url);
  return (
    (await options.challenge?.(request)) ??
    provider.unsigned?.(searchParams) ??
    plainResponse(404)
  );
}

function answerUnsigned(
  { provider: { unsigned } }: RegisteredSource,
  body: Bytes,
): Response | null {
  const text = unsigned && decode(body);
  return text ? unsigned(new URLSearchParams(text)) : null;
}

/* Reading and verifying. */

/**
 * Whether a body is compressed. None of the named providers compresses. Who does signs what was there before, and nothing is
 * unpacked for a sender that is not verified yet. Other values, such as a mistaken "utf-8", say nothing of the bytes.
 */
function isCompressed(headers: Headers): boolean {
  return /gzip|deflate|\bbr\b|zstd|compress/i.test(
    headers.get("content-encoding")?.slice(0, 100) ?? "",
  );
}

/** The body, or `null` if it is longer than `maxBytes`. A false Content-Length cannot make it read more. */
async function readBytes(
  { headers, body }: Request,
  maxBytes: number,
): Promise<Bytes | null> {
  if (Number(headers.get("content-length")) > maxBytes) return null;
  const blob = await readBody(body, maxBytes);
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}

async function verifyDelivery(
  { name, provider: { scheme }, options }: RegisteredSource,
  delivery: Delivery,
): Promise<Refusal | null> {
  const usable = options.secrets().filter(isSecret);
  const secrets = usable.slice(0, MAX_SECRETS);
  const toleranceSeconds = options.toleranceSeconds ?? TOLERANCE_SECONDS;
  const how = { secrets, now: Date.now(), toleranceSeconds };
  const refusal =
    typeof scheme !== "function"
      ? await verify(scheme, delivery, how)
      : secrets.length > 0
        ? await scheme(delivery, how)
        : "SECRET_MISSING";
  if (usable.length > secrets.length) {
    console.error(
      `convex-docs: webhook "${name}" has ${usable.length} secrets, of which ${secrets.length} are tried.`,
    );
  }
  if (refusal === "SECRET_MISSING") {
    console.error(
      `convex-docs: webhook "${name}" has no usable secret. Every delivery is refused until secrets() returns one: ` +
        "check the environment variable's name and its value, white space around it included.",
    );
  }
  return refusal;
}

/** A verified body, parsed; `null` if it cannot be. */
function parseDelivery(
  { name: source, provider }: RegisteredSource,
  headers: Headers,
  body: Bytes,
): Incoming | null {
  try {
    const text = decode(body);
    if (text === null) return null;
    const payload = readPayload(provider, text, headers);
    return { source, headers, text, payload };
  } catch {
    return null;
  }
}

/** Bytes as text, without a byte order mark; `null` if they are not UTF-8. */
function decode(body: Bytes): string | null {
  // Fatal: the default replaces what it cannot decode. Convex's runtime returns `undefined` where the standard throws.
  const decoder: { decode: (body: Bytes) => string | undefined } =
    new TextDecoder("utf-8", { fatal: true });
  return decoder.decode(body) ?? null;
}

/* Storing. */

async function buildReceipt(
  source: RegisteredSource,
  incoming: Incoming,
  body: Bytes,
): Promise<Receipt> {
  const { provider, options, schemas, handlers } = source;
  // A host's `describe` and `orderBy` read what the sender sent, whatever their types say.
  const {
    key,
    occurredAt: describedAt,
    ...described
  }: Untrusted<Described> = provider.describe(incoming);
  const type = nameOf(described.type);
  const { signedText } = provider;
  const hash = await sha256(signedText ? utf8(signedText(incoming)) : body);
  const isGuarded = options.replayGuard ?? provider.replayGuard;
  const event = { type, payload: incoming.payload };
  const happenedAt = callSafely(() => options.occurredAt?.(event));
  const occurredAt = happenedAt ?? describedAt;
  const orderKey = nameOf(callSafely(() => options.orderBy?.(event)));
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  return {
    source: source.name,
    key: isKey(key) ? key : hash,
    type,
    headers: storedHeaders(source.storedHeaders, incoming.headers),
    text: incoming.text,
    judged: handlers.has(type)
      ? await validatePayload(schema, incoming.payload)
      : null,
    filtered: callSafely(() => options.filter?.(event)) === false,
    ...(isGuarded ? { bodyHash: await sha256(utf8(`${type}\n${hash}`)) } : {}),
    ...(isTime(occurredAt) ? { occurredAt } : {}),
    ...(orderKey === "" ? {} : { orderKey }),
    ...(provider.idSigned === false ? { idSigned: false } : {}),
  };
}

type Untrusted<Value> = { [Name in keyof Value]: unknown };

/** Whether a value can stand in an index: a short text that Convex can store. */
function isKey(key: unknown): key is string {
  return (
    typeof key === "string" &&
    key !== "" &&
    key.length <= DELIVERY.maxKey &&
    toText(key) === key
  );
}

/** A type or an order key as it is stored; empty if it is neither text nor number. */
function nameOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number"
    ? toText(`${value}`, DELIVERY.maxName)
    : "";
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

function storedHeaders(
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

/** Calls a host's function on a payload it may not expect. If it throws, the event is stored without its answer. */
function callSafely<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    logError(
      "convex-docs: filter, orderBy or occurredAt of a webhook threw:",
      error,
    );
    return undefined;
  }
}

async function storeReceipt(
  { component }: WebhooksState,
  { handlers, policy }: RegisteredSource,
  ctx: ActionCtx,
  receipt: Receipt,
): Promise<Received> {
  const fingerprint = await handlers.fingerprint(policy);
  const call = { receipt, policy, fingerprint };
  const received = await ctx.runMutation(component.webhooks.receive, call);
  if (received.outcome !== "unsynced") return received;
  // The first delivery after a deploy that changed the handlers brings the routes, in one transaction with the event.
  const routes = await handlers.routes();
  return await ctx.runMutation(component.webhooks.receive, { ...call, routes });
}

/* Answering. */

/** Records a refusal for the operator, and answers it. */
async function refuse(
  { component }: WebhooksState,
  { name: source }: RegisteredSource,
  ctx: ActionCtx,
  code: Refusal,
): Promise<Answer> {
  // Where recording fails, the answer is still the right one.
  await ctx
    .runMutation(component.webhooks.reject, { source, code })
    .catch(() => undefined);
  return { outcome: code, response: plainResponse(REFUSAL_STATUS[code]) };
}

/** One fixed text per status. A success is empty: Slack shows its user what it is answered. */
const STATUS_TEXT: Record<number, string> = {
  200: "",
  400: "Bad request",
  401: "Not verified",
  404: "Not found",
  413: "Too large",
  415: "Compressed bodies are not read",
  429: "Too many requests",
  500: "Not configured",
  503: "Try again later",
};

function replyResponse({ body, contentType }: Reply): Response {
  const headers = { "Cache-Control": "no-store", "Content-Type": contentType };
  return new Response(body, { headers });
}

function plainResponse(status: number, retryAfterSeconds?: number): Response {
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (retryAfterSeconds !== undefined) {
    headers.set("Retry-After", `${retryAfterSeconds}`);
  }
  return new Response(STATUS_TEXT[status] ?? "", { status, headers });
}
