/**
 * Checks values against a shape and reports everything that is wrong, each with its path. Convex's own validators stop at
 * the first problem and reach a production client as "Server Error".
 *
 * @module
 */
import type { Issue } from "../errors/codes.js";
import { DOCUMENT } from "./documents.js";
import { issue, ISSUES } from "./issues.js";
import type {
  ArrayJson,
  ObjectJson,
  RecordJson,
  StringJson,
  ValidatorJson,
} from "./validatorJson.js";

/** What is wrong with an object of fields. With `partial`, absent fields are fine: the caller changes some of them. */
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

/** Whether Convex could store a field of this name, were it not for those that start with `_` or `$`. */
export function isName(name: string): boolean {
  return PRINTABLE.test(name) && name.length <= DOCUMENT.maxName;
}

const PRINTABLE = /^[ -~]+$/;

/** Where the walk is: the path so far, how deep inside a field, and what it found. */
type Place = { path: string; depth: number; issues: Issue[] };

function checkValue(shape: ValidatorJson, value: unknown, spot: Place): void {
  switch (shape.kind) {
    case "object":
      return checkObject(shape, value, spot, false);
    case "array":
      return checkArray(shape, value, spot);
    case "record":
      return checkRecord(shape, value, spot);
    case "union":
      return checkUnion(shape.members, value, spot);
    case "any":
      return checkStorable(value, spot);
    case "string":
      return checkString(shape, value, spot);
    default:
      if (!isScalar(shape, value)) reportMismatch(spot, [shape], value);
  }
}

function checkString(shape: StringJson, value: unknown, spot: Place): void {
  if (typeof value !== "string") reportMismatch(spot, [shape], value);
  else if (shape.except?.includes(value)) {
    report(spot, "names a required field.");
  } else checkText(value, spot);
}

function checkObject(
  shape: ObjectJson,
  value: unknown,
  from: Place,
  partial: boolean,
): void {
  const spot = shape.isDocument ? { ...from, depth: -1 } : from;
  if (!isRecord(value)) return reportMismatch(spot, [shape], value);
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

function checkArray(shape: ArrayJson, value: unknown, spot: Place): void {
  if (!Array.isArray(value)) return reportMismatch(spot, [shape], value);
  if (tooDeep(spot)) return;
  if (value.length > DOCUMENT.maxArray) {
    return report(
      spot,
      `has ${value.length} elements; the limit is ${DOCUMENT.maxArray}.`,
    );
  }
  // A sparse array's holes are visited too: `forEach` would skip them, and Convex cannot store them.
  for (let index = 0; index < value.length; index++) {
    checkValue(shape.element, value[index], at(spot, String(index)));
  }
}

function checkRecord(shape: RecordJson, value: unknown, spot: Place): void {
  if (!isRecord(value)) return reportMismatch(spot, [shape], value);
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
  const tried = flatten(members).map((member) => {
    const issues: Issue[] = [];
    checkValue(member, value, { ...spot, issues });
    return { member, issues };
  });
  if (tried.some(({ issues }) => issues.length === 0)) return;
  const alike = tried.filter(
    ({ member, issues }) =>
      nameOf(member) === kindOf(value) ||
      issues.every(({ path }) => path !== spot.path),
  );
  const meant = alike.filter(({ member }) => tagsMatch(member, value));
  const wrong = meant.length === 0 ? wrongTag(alike, value) : undefined;
  if (wrong) {
    const tag = isRecord(value) ? value[wrong.name] : undefined;
    const place = at(spot, wrong.name);
    if (tag === undefined) report(place, "is required.");
    else reportMismatch(place, wrong.shapes, tag);
    return;
  }
  // Without a tag that tells, the caller means the member that the value is closest to.
  const [closest, next] = (meant.length > 0 ? meant : alike).sort(
    (one, other) => one.issues.length - other.issues.length,
  );
  if (closest && closest.issues.length !== next?.issues.length) {
    spot.issues.push(...closest.issues);
  } else {
    reportMismatch(
      spot,
      tried.map(({ member }) => member),
      value,
    );
  }
}

/** The members of a union, and of unions among them. */
function flatten(members: ValidatorJson[]): ValidatorJson[] {
  return members.flatMap((member) =>
    member.kind === "union" ? flatten(member.members) : [member],
  );
}

/** The literals that a field can be, if it can be nothing else: the tag of a discriminated union. */
function tagsOf(shape: ValidatorJson): ValidatorJson[] {
  const shapes = flatten([shape]);
  return shapes.every(({ kind }) => kind === "literal") ? shapes : [];
}

/** Whether every tag of an object member has a value that the caller sent. */
function tagsMatch(member: ValidatorJson, value: unknown): boolean {
  if (member.kind !== "object") return true;
  return Object.entries(member.fields).every(([name, { shape, optional }]) => {
    const tags = tagsOf(shape);
    const tag = isRecord(value) ? value[name] : undefined;
    if (tags.length === 0 || (tag === undefined && optional)) return true;
    return tags.some((one) => isScalar(one, tag));
  });
}

/** The tag that all these members have and that is none of theirs, with what it may be. */
function wrongTag(
  tried: { member: ValidatorJson }[],
  value: unknown,
): { name: string; shapes: ValidatorJson[] } | undefined {
  const objects = tried.flatMap(({ member }) =>
    member.kind === "object" ? [member] : [],
  );
  const [first] = objects;
  if (!first || !isRecord(value)) return undefined;
  for (const name of Object.keys(first.fields)) {
    const tags = objects.map(({ fields }) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return field ? tagsOf(field.shape) : [];
    });
    const shapes = tags.flat();
    const isTag = tags.every(({ length }) => length > 0);
    if (isTag && !shapes.some((one) => isScalar(one, value[name]))) {
      return { name, shapes };
    }
  }
  return undefined;
}

const ANY_ARRAY: ArrayJson = { kind: "array", element: { kind: "any" } };
const ANY_RECORD: RecordJson = {
  kind: "record",
  key: { kind: "string" },
  value: { kind: "any" },
};

/** Anything that Convex can store: what `v.any()` means. */
function checkStorable(value: unknown, spot: Place): void {
  if (Array.isArray(value)) return checkArray(ANY_ARRAY, value, spot);
  if (isRecord(value)) return checkRecord(ANY_RECORD, value, spot);
  if (typeof value === "string") return checkText(value, spot);
  const storable =
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    isInt64(value) ||
    value instanceof ArrayBuffer;
  if (!storable) {
    report(spot, `is ${kindOf(value)}, which Convex cannot store.`);
  }
}

/** Convex refuses these names in any object it stores. */
function checkKey(key: string, spot: Place): void {
  if (!PRINTABLE.test(key) || /^[$_]/.test(key)) {
    report(
      spot,
      "has an impossible name: names are printable ASCII and do not start with $ or _.",
    );
  } else if (key.length > DOCUMENT.maxName) {
    report(
      spot,
      `has a name of ${key.length} characters; the limit is ${DOCUMENT.maxName}.`,
    );
  }
}

/** Convex refuses half of a surrogate pair. It comes from cutting a string inside an emoji. */
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

function report({ issues, path }: Place, predicate: string): void {
  // One more than are listed, so that the list can say that there are more. Thousands would only take memory.
  if (issues.length <= ISSUES.maxListed) issues.push(issue(path, predicate));
}

/** For a value that is none of what these shapes ask for. */
function reportMismatch(
  spot: Place,
  shapes: ValidatorJson[],
  value: unknown,
): void {
  const wanted = [...new Set(flatten(shapes).map(nameOf))];
  const got = kindOf(value);
  if (wanted.includes(got)) {
    report(spot, "must have one of the declared shapes.");
  } else if (shapes.some((shape) => isOfLiteralType(shape, value))) {
    report(spot, `must be ${wanted.join(" or ")}.`);
  } else {
    report(spot, `must be ${wanted.join(" or ")}, not ${got}.`);
  }
}

/* Type guards. */

/** Whether a value is what a shape without parts asks for. */
function isScalar(shape: ValidatorJson, value: unknown): value is Scalar {
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

type Scalar = null | boolean | number | bigint | string | ArrayBuffer;

/** Whether a value has the type of the literal that a shape asks for. */
function isOfLiteralType(shape: ValidatorJson, value: unknown): boolean {
  if (shape.kind !== "literal") return false;
  const type = typeof shape.value;
  return typeof value === (type === "object" ? "bigint" : type);
}

/** Whether Convex could store this as an int64. */
function isInt64(value: unknown): value is bigint {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

/** An object that Convex would take: a class instance, a Date, a Map would lose what makes it one. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // A prototype of another realm (a test runner's, a worker's) is still a plain object's if nothing stands above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/* How an error names values and shapes. */

/** A value's kind, never the value: errors do not repeat content. */
function kindOf(value: unknown): string {
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
function nameOf(shape: ValidatorJson): string {
  if (shape.kind === "union") return shape.members.map(nameOf).join(" or ");
  if (shape.kind !== "literal") return NAMES[shape.kind];
  return typeof shape.value === "object"
    ? `${shape.value.int64}n`
    : JSON.stringify(shape.value);
}
