/**
 * Checks values against a shape and reports everything that is wrong, each with its path. Convex's own validators stop at
 * the first problem and reach a production client as "Server Error".
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import { DOCUMENT, ISSUES } from "./documents.js";
import type { ObjectJson, ValidatorJson } from "./validatorJson.js";

/** Where the walk is: the path so far, how deep inside a field, and what it found. */
type Place = { path: string; depth: number; issues: Issue[] };

/**
 * What is wrong with a document's fields. With `partial`, fields that are absent are left unmentioned: the caller is
 * changing some of them.
 */
export function checkFields(
  shape: ObjectJson,
  fields: unknown,
  options: { partial?: boolean } = {},
): Issue[] {
  const issues: Issue[] = [];
  // The object that holds the fields is Convex's level, not the host's.
  checkObject(
    shape,
    fields,
    { path: "", depth: -1, issues },
    options.partial ?? false,
  );
  return issues;
}

function checkValue(shape: ValidatorJson, value: unknown, spot: Place): void {
  switch (shape.kind) {
    case "object":
      return checkObject(shape, value, spot, false);
    case "array":
      return checkArray(shape.element, value, spot);
    case "record":
      return checkRecord(shape, value, spot);
    case "union":
      return checkUnion(shape.members, value, spot);
    case "any":
      return checkStorable(value, spot);
    case "string":
      return typeof value === "string"
        ? checkText(value, spot)
        : report(spot, `expected a string, got ${kindOf(value)}.`);
    default:
      if (!isScalar(shape, value)) {
        report(spot, `expected ${nameOf(shape)}, got ${kindOf(value)}.`);
      }
  }
}

function checkObject(
  shape: ObjectJson,
  value: unknown,
  from: Place,
  partial: boolean,
): void {
  const spot = shape.isDocument ? { ...from, depth: -1 } : from;
  if (!isRecord(value)) {
    return report(spot, `expected an object, got ${kindOf(value)}.`);
  }
  if (tooDeep(spot)) return;
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(shape.fields, key)) {
      report(at(spot, key), "is not a declared field.");
    }
  }
  for (const [key, field] of Object.entries(shape.fields)) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    if (member !== undefined) checkValue(field.shape, member, at(spot, key));
    else if (!field.optional && !partial) report(at(spot, key), "is required.");
  }
}

function checkArray(element: ValidatorJson, value: unknown, spot: Place): void {
  if (!Array.isArray(value)) {
    return report(spot, `expected an array, got ${kindOf(value)}.`);
  }
  if (tooDeep(spot)) return;
  if (value.length > DOCUMENT.maxArray) {
    return report(
      spot,
      `has ${value.length} elements; the limit is ${DOCUMENT.maxArray}.`,
    );
  }
  // A sparse array's holes are visited too: `forEach` would skip them, and Convex cannot store them.
  for (let index = 0; index < value.length; index++) {
    checkValue(element, value[index], at(spot, String(index)));
  }
}

function checkRecord(
  shape: { key: ValidatorJson; value: ValidatorJson },
  value: unknown,
  spot: Place,
): void {
  if (!isRecord(value)) {
    return report(spot, `expected an object, got ${kindOf(value)}.`);
  }
  if (tooDeep(spot)) return;
  const entries = Object.entries(value);
  if (entries.length > DOCUMENT.maxEntries) {
    return report(
      spot,
      `has ${entries.length} entries; the limit is ${DOCUMENT.maxEntries}.`,
    );
  }
  for (const [key, member] of entries) {
    const inner = at(spot, key);
    checkKey(key, inner);
    checkValue(shape.key, key, inner);
    if (member !== undefined) checkValue(shape.value, member, inner);
  }
}

function checkUnion(
  members: ValidatorJson[],
  value: unknown,
  spot: Place,
): void {
  let closest: Issue[] | undefined;
  for (const member of members) {
    const issues: Issue[] = [];
    checkValue(member, value, { ...spot, issues });
    if (issues.length === 0) return;
    // The member that the caller meant is the one whose own tag matches: its problems lie deeper than the spot itself.
    const meant = issues.every(({ path }) => path !== spot.path);
    if (meant && tagMatches(member, value)) closest ??= issues;
  }
  if (closest) spot.issues.push(...closest);
  else {
    const names = [...new Set(members.map(nameOf))].join(" or ");
    report(spot, `expected ${names}, got ${kindOf(value)}.`);
  }
}

/** Whether every literal field of an object member has the value the caller sent: a discriminated union's tag. */
function tagMatches(member: ValidatorJson, value: unknown): boolean {
  if (member.kind !== "object") return true;
  return Object.entries(member.fields).every(
    ([key, { shape }]) =>
      shape.kind !== "literal" ||
      (isRecord(value) && isScalar(shape, value[key])),
  );
}

/** Anything that Convex can store: what `v.any()` means. */
function checkStorable(value: unknown, spot: Place): void {
  if (Array.isArray(value)) return checkArray({ kind: "any" }, value, spot);
  if (isRecord(value)) {
    return checkRecord(
      { key: { kind: "string" }, value: { kind: "any" } },
      value,
      spot,
    );
  }
  if (typeof value === "string") return checkText(value, spot);
  const storable =
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    isInt64(value) ||
    value instanceof ArrayBuffer;
  if (!storable) {
    report(spot, `Convex cannot store ${kindOf(value)} here.`);
  }
}

/** Convex refuses these names in any object it stores. */
function checkKey(key: string, spot: Place): void {
  if (!/^[ -~]+$/.test(key) || /^[$_]/.test(key)) {
    report(
      spot,
      "is not a possible name: names are printable ASCII and do not start with $ or _.",
    );
  } else if (key.length > DOCUMENT.maxName) {
    report(
      spot,
      `is too long a name: ${key.length} characters; the limit is ${DOCUMENT.maxName}.`,
    );
  }
}

/** Half of a surrogate pair is not text, and Convex refuses it. Comes from cutting a string inside an emoji. */
function checkText(value: string, spot: Place): void {
  if (/\p{Surrogate}/u.test(value)) {
    report(spot, "is not valid Unicode: it has half of a surrogate pair.");
  }
}

function tooDeep(spot: Place): boolean {
  if (spot.depth < DOCUMENT.maxDepth) return false;
  report(spot, `is nested more than ${DOCUMENT.maxDepth} levels deep.`);
  return true;
}

function at(spot: Place, key: string): Place {
  return {
    path: spot.path === "" ? key : `${spot.path}.${key}`,
    depth: spot.depth + 1,
    issues: spot.issues,
  };
}

function report({ issues, path }: Place, message: string): void {
  // One more than are listed, so that whoever lists them knows that there are more. Thousands would only take memory.
  if (issues.length <= ISSUES.maxListed) issues.push({ path, message });
}

/*
 * What kind of value something is, and how an error says it.
 */

/** Whether Convex could store a field of this name, those that start with `_` or `$` apart. */
export function isName(name: string): boolean {
  return /^[ -~]+$/.test(name) && name.length <= DOCUMENT.maxName;
}

/** Whether a value is what a shape without parts asks for. */
export function isScalar(shape: ValidatorJson, value: unknown): boolean {
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

const NAMES: Record<
  Exclude<ValidatorJson["kind"], "literal" | "union">,
  string
> = {
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
export function nameOf(shape: ValidatorJson): string {
  if (shape.kind === "union") return shape.members.map(nameOf).join(" or ");
  if (shape.kind !== "literal") return NAMES[shape.kind];
  return typeof shape.value === "object"
    ? `${shape.value.int64}n`
    : JSON.stringify(shape.value);
}
