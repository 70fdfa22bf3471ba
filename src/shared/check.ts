/**
 * Checks values against a shape and reports everything that is wrong, each with its path. Convex's own validators stop at
 * the first problem and reach a production client as "Server Error".
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import { isInt64, isRecord, isScalar, kindOf, nameOf } from "./kinds.js";
import { DOCUMENT, ISSUES } from "./limits.js";
import type { ObjectShape, Shape } from "./shape.js";

/** Where the walk is: the path so far, how deep inside a field, and what it found. */
type Spot = { path: string; depth: number; issues: Issue[] };

/**
 * What is wrong with a document's fields. With `partial`, fields that are absent are left unmentioned: the caller is
 * changing some of them.
 */
export function checkFields(
  shape: ObjectShape,
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

function checkValue(shape: Shape, value: unknown, spot: Spot): void {
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
  shape: ObjectShape,
  value: unknown,
  from: Spot,
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

function checkArray(element: Shape, value: unknown, spot: Spot): void {
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
  shape: { key: Shape; value: Shape },
  value: unknown,
  spot: Spot,
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

function checkUnion(members: Shape[], value: unknown, spot: Spot): void {
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
function tagMatches(member: Shape, value: unknown): boolean {
  if (member.kind !== "object") return true;
  return Object.entries(member.fields).every(
    ([key, { shape }]) =>
      shape.kind !== "literal" ||
      (isRecord(value) && isScalar(shape, value[key])),
  );
}

/** Anything that Convex can store: what `v.any()` means. */
function checkStorable(value: unknown, spot: Spot): void {
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
function checkKey(key: string, spot: Spot): void {
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
function checkText(value: string, spot: Spot): void {
  if (/\p{Surrogate}/u.test(value)) {
    report(spot, "is not valid Unicode: it has half of a surrogate pair.");
  }
}

function tooDeep(spot: Spot): boolean {
  if (spot.depth < DOCUMENT.maxDepth) return false;
  report(spot, `is nested more than ${DOCUMENT.maxDepth} levels deep.`);
  return true;
}

function at(spot: Spot, key: string): Spot {
  return {
    path: spot.path === "" ? key : `${spot.path}.${key}`,
    depth: spot.depth + 1,
    issues: spot.issues,
  };
}

function report({ issues, path }: Spot, message: string): void {
  // One more than are listed, so that whoever lists them knows that there are more. Thousands would only take memory.
  if (issues.length <= ISSUES.maxListed) issues.push({ path, message });
}
