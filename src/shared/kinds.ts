/**
 * What kind of value something is, and how an error says it.
 *
 * @module
 */
import { DOCUMENT } from "./limits.js";
import type { Shape } from "./shape.js";

/** Whether Convex could store a field of this name, those that start with `_` or `$` apart. */
export function isName(name: string): boolean {
  return /^[ -~]+$/.test(name) && name.length <= DOCUMENT.maxName;
}

/** Whether a value is what a shape without parts asks for. */
export function isScalar(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "float64":
      return typeof value === "number";
    case "int64":
      return isInt64(value);
    case "bytes":
      return value instanceof ArrayBuffer;
    case "literal":
      return typeof shape.value === "object"
        ? typeof value === "bigint" && value.toString() === shape.value.int64
        : value === shape.value;
    default:
      return false;
  }
}

/** Whether Convex could store this as an int64. */
export function isInt64(value: unknown): boolean {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

/** An object that Convex would take: a class instance, a Date, a Map would lose what makes it one. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // A prototype of another realm (a test runner's, a worker's) is still a plain object's if nothing stands above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A value's kind, never the value: errors do not repeat content. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof ArrayBuffer) return "bytes";
  if (typeof value === "bigint")
    return isInt64(value) ? "a bigint" : "a bigint beyond 64 bits";
  if (typeof value === "object")
    return isRecord(value) ? "an object" : "a class instance";
  return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}

const NAMES: Record<Exclude<Shape["kind"], "literal" | "union">, string> = {
  any: "anything",
  null: "null",
  boolean: "a boolean",
  float64: "a number",
  int64: "a bigint",
  bytes: "bytes",
  string: "a string",
  array: "an array",
  record: "an object",
  object: "an object",
};

/** What a shape asks for, in words. */
export function nameOf(shape: Shape): string {
  if (shape.kind === "union") return shape.members.map(nameOf).join(" or ");
  if (shape.kind !== "literal") return NAMES[shape.kind];
  return typeof shape.value === "object"
    ? `${shape.value.int64}n`
    : JSON.stringify(shape.value);
}
