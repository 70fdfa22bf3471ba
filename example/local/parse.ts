import type { JSONValue } from "convex/values";
import type { ClientMessage, QueryChange } from "./protocol.js";

/** Reads a client's message; throws an Error that says what is wrong with it. */
export function parseClientMessage(text: string): ClientMessage {
  const message = asObject(JSON.parse(text) as unknown, "message");
  switch (message["type"]) {
    case "Connect":
      return {
        type: "Connect",
        sessionId: asString(message, "sessionId"),
        clientTs:
          typeof message["clientTs"] === "number" ? message["clientTs"] : null,
      };
    case "ModifyQuerySet":
      return {
        type: "ModifyQuerySet",
        baseVersion: asCount(message, "baseVersion"),
        newVersion: asCount(message, "newVersion"),
        modifications: asArray(message, "modifications").map(parseChange),
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
      throw new Error(`unknown variant \`${String(message["type"])}\``);
  }
}

/** The arguments of a call: an object, alone or in an array of one, as older clients send it. */
export function parseArgs(args: unknown): JSONValue {
  const value: unknown =
    Array.isArray(args) && args.length <= 1 ? (args[0] ?? {}) : args;
  return asObject(value, "args") as JSONValue;
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

function parseChange(value: unknown): QueryChange {
  const change = asObject(value, "modification");
  const queryId = asCount(change, "queryId");
  if (change["type"] === "Remove") return { type: "Remove", queryId };
  if (change["type"] !== "Add")
    throw new Error(`unknown variant \`${String(change["type"])}\``);
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
  const path = asString(message, name);
  const component = message["componentPath"];
  return typeof component === "string" && component !== ""
    ? `component ${component}:${path}`
    : path;
}
