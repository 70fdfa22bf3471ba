import type { JSONValue } from "convex/values";
import { toBase64 } from "./base64.js";
import { CLIENT, isDeeper } from "./limits.js";

/** A query that a client adds to its set, or a query id that it drops. */
export type QueryChange =
  | { type: "Add"; queryId: number; udfPath: string; args: JSONValue }
  | { type: "Remove"; queryId: number };

/** A call of a mutation or an action over the socket. */
export interface CallMessage {
  type: "Mutation" | "Action";
  requestId: number;
  udfPath: string;
  args: JSONValue;
}

/** What a client sends, as far as this deployment reads it. */
export type ClientMessage =
  | { type: "Connect"; sessionId: string; clientTs: number | null }
  | {
      type: "ModifyQuerySet";
      baseVersion: number;
      newVersion: number;
      modifications: QueryChange[];
    }
  | {
      type: "Authenticate";
      baseVersion: number;
      tokenType: "User" | "None" | "Admin";
      value: string;
    }
  | CallMessage
  | { type: "Event" };

/** The version of a client's view; `ts` is a version of the database. */
export interface StateVersion {
  querySet: number;
  identity: number;
  ts: bigint;
}

/** One change of a client's view. */
export type StateModification =
  | {
      type: "QueryUpdated";
      queryId: number;
      value: JSONValue;
      logLines: string[];
      journal: null;
    }
  | {
      type: "QueryFailed";
      queryId: number;
      errorMessage: string;
      errorData?: JSONValue;
      logLines: string[];
      journal: null;
    }
  | { type: "QueryRemoved"; queryId: number };

/** The answer to a {@link CallMessage}; a mutation's success carries the version that shows its effects. */
export type CallResponse = {
  type: "MutationResponse" | "ActionResponse";
  requestId: number;
  logLines: string[];
} & (
  | { success: true; result: JSONValue; ts?: string }
  | { success: false; result: string; errorData?: JSONValue }
);

/** What the deployment sends. */
export type ServerMessage =
  | {
      type: "Transition";
      startVersion: EncodedVersion;
      endVersion: EncodedVersion;
      modifications: StateModification[];
      clientClockSkew?: number;
    }
  | CallResponse
  | {
      type: "AuthError";
      error: string;
      baseVersion: number;
      authUpdateAttempted: boolean;
    }
  | { type: "FatalError"; error: string }
  | { type: "Ping" };

/** A {@link StateVersion} on the wire. */
type EncodedVersion = Omit<StateVersion, "ts"> & { ts: string };

export function encodeVersion(version: StateVersion): EncodedVersion {
  return { ...version, ts: encodeTimestamp(version.ts) };
}

/** A timestamp on the wire: base64 of 8 bytes, little endian, because JSON numbers lose digits above 2^53. */
export function encodeTimestamp(ts: bigint): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, ts, true);
  return toBase64(bytes);
}

/** Reads a client's message; throws an Error that says what is wrong with it. */
export function parseClientMessage(text: string): ClientMessage {
  const message = asObject(JSON.parse(text) as unknown, "message");
  switch (message["type"]) {
    case "Connect":
      return {
        type: "Connect",
        sessionId: asName(message, "sessionId"),
        clientTs:
          typeof message["clientTs"] === "number" ? message["clientTs"] : null,
      };
    case "ModifyQuerySet":
      return {
        type: "ModifyQuerySet",
        baseVersion: asCount(message, "baseVersion"),
        newVersion: asCount(message, "newVersion"),
        modifications: parseChanges(message),
      };
    case "Authenticate":
      return parseAuthenticate(message);
    case "Mutation":
    case "Action":
      return {
        type: message["type"],
        requestId: asCount(message, "requestId"),
        ...parseCall(message),
      };
    case "Event":
      return { type: "Event" };
    default:
      throw unknownVariant(message);
  }
}

/** The arguments of a call: an object, alone or in an array of one, as older clients send it. */
export function parseArgs(args: unknown): JSONValue {
  const value: unknown =
    Array.isArray(args) && args.length <= 1 ? (args[0] ?? {}) : args;
  const object = asObject(value, "args");
  if (isDeeper(object, CLIENT.maxDepth))
    throw new Error(
      `args are nested too deeply: the limit is ${CLIENT.maxDepth} levels`,
    );
  return object as JSONValue;
}

export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown, name: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${name} is not an object`);
  return value as JsonObject;
}

function asString(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== "string") throw new Error(`missing field \`${name}\``);
  return value;
}

function asName(object: JsonObject, name: string): string {
  const value = asString(object, name);
  if (value.length > CLIENT.maxName)
    throw new Error(
      `\`${name}\` is too long: the limit is ${CLIENT.maxName} characters`,
    );
  return value;
}

export function asArray(object: JsonObject, name: string): unknown[] {
  const value = object[name];
  if (!Array.isArray(value)) throw new Error(`missing field \`${name}\``);
  return value as unknown[];
}

function asCount(object: JsonObject, name: string): number {
  const value = object[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new Error(`missing field \`${name}\``);
  return value;
}

function parseAuthenticate(message: JsonObject): ClientMessage {
  const tokenType = message["tokenType"];
  if (tokenType !== "User" && tokenType !== "None" && tokenType !== "Admin")
    throw new Error("missing field `tokenType`");
  return {
    type: "Authenticate",
    baseVersion: asCount(message, "baseVersion"),
    tokenType,
    value: tokenType === "None" ? "" : asString(message, "value"),
  };
}

function parseChanges(message: JsonObject): QueryChange[] {
  const changes = asArray(message, "modifications");
  if (changes.length > CLIENT.maxQueries)
    throw new Error(
      `${changes.length} changes in one message: the limit is ${CLIENT.maxQueries}`,
    );
  return changes.map(parseChange);
}

function unknownVariant({ type }: JsonObject): Error {
  return new Error(
    `unknown variant \`${String(type).slice(0, CLIENT.maxName)}\``,
  );
}

function parseChange(value: unknown): QueryChange {
  const change = asObject(value, "modification");
  const queryId = asCount(change, "queryId");
  if (change["type"] === "Remove") return { type: "Remove", queryId };
  if (change["type"] !== "Add") throw unknownVariant(change);
  return { type: "Add", queryId, ...parseCall(change) };
}

function parseCall(message: JsonObject): { udfPath: string; args: JSONValue } {
  return {
    udfPath: parsePath(message, "udfPath"),
    args: parseArgs(message["args"]),
  };
}

/**
 * A function's path. Only an administrator may name a component's function, and there is none here:
 * its path becomes one that finds nothing.
 */
export function parsePath(message: JsonObject, name: string): string {
  const path = asName(message, name);
  const component = message["componentPath"];
  return typeof component === "string" && component !== ""
    ? `component ${component.slice(0, CLIENT.maxName)}:${path}`
    : path;
}
