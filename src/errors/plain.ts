/**
 * Reduces any value to plain JSON. Convex turns an error whose data it cannot encode (a Date, `undefined` in an array, a
 * key that starts with `$`) into "Server Error", so nothing but plain JSON may become the data of an error.
 *
 * @module
 */

export type Json =
  null | boolean | number | string | Json[] | { [key: string]: Json };

/** Characters of a text, and of a key: the latter is Convex's own limit. */
const MAX_TEXT = 4096;
const MAX_KEY = 1024;

/** Levels of arrays and objects: a quarter of what Convex accepts in a value. */
const MAX_DEPTH = 16;

/** Elements of an array and entries of an object that Convex accepts. https://docs.convex.dev/production/state/limits */
const MAX_ELEMENTS = 8192;
const MAX_ENTRIES = 1024;

/**
 * Values in all. Arrays stop growing here and objects at twice as many, so that a list too long for an error ends after a
 * whole element. A refused batch of 1,000 documents has about 10,000.
 */
const MAX_VALUES = 50_000;

/**
 * The value as plain JSON. Never throws, always ends, and takes nothing from an object that is not plain data: an `Error`,
 * whose properties may hold anything, becomes `null`. A Date becomes its ISO text and a bigint its digits; what JSON cannot
 * express becomes `null` in an array and disappears from an object.
 *
 * @example
 * ```ts
 * toPlain({ at: new Date(0), size: 5n, $set: [undefined] }); // { at: "1970-01-01T00:00:00.000Z", size: "5", _set: [null] }
 * ```
 */
export function toPlain(value: unknown): Json {
  return reduce(value, { parents: [], count: 0 }) ?? null;
}

/** Text as Convex accepts it: not too long, and without half of a surrogate pair. */
export function toText(text: string, limit = MAX_TEXT): string {
  const short = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return short.replace(/\p{Surrogate}/gu, "\uFFFD");
}

type Reduction = { parents: object[]; count: number };

function reduce(value: unknown, at: Reduction): Json | undefined {
  at.count++;
  switch (typeof value) {
    case "string":
      return toText(value);
    case "boolean":
      return value;
    case "number":
      // Adding zero turns -0, which JSON cannot say, into 0.
      return Number.isFinite(value) ? value + 0 : null;
    case "bigint":
      return toText(String(value));
    case "object":
      return value === null ? null : reduceObject(value, at);
    default:
      return undefined;
  }
}

function reduceObject(value: object, at: Reduction): Json {
  if (at.parents.length >= MAX_DEPTH || at.parents.includes(value)) return null;
  at.parents.push(value);
  try {
    if (Array.isArray(value)) return reduceArray(value, at);
    if (isPlain(value)) return reduceEntries(value, at);
    // A Date of another realm is no instance of this one's. Throws if it is not a Date at all, or not a valid one.
    return Date.prototype.toISOString.call(value);
  } catch {
    // A hostile getter or proxy, a Map, a class instance: nothing of it is data.
    return null;
  } finally {
    at.parents.pop();
  }
}

function reduceArray(value: unknown[], at: Reduction): Json[] {
  const plain: Json[] = [];
  const length = Math.min(value.length, MAX_ELEMENTS);
  // By index: a loop over the array itself would run its own iterator.
  for (let index = 0; index < length && at.count < MAX_VALUES; index++) {
    plain.push(reduce(value[index], at) ?? null);
  }
  return plain;
}

function reduceEntries(value: object, at: Reduction): Json {
  const plain: [string, Json][] = [];
  for (const key of Object.keys(value).slice(0, MAX_ENTRIES)) {
    if (at.count >= 2 * MAX_VALUES) break;
    const member = reduce((value as Record<string, unknown>)[key], at);
    if (member !== undefined) plain.push([toKey(key), member]);
  }
  // Not by assignment: that would set the prototype for the key `__proto__`.
  return Object.fromEntries(plain);
}

/** A key as Convex accepts it: printable ASCII, not starting with `$`, and not the one that an assignment would lose. */
function toKey(key: string): string {
  return key
    .slice(0, MAX_KEY)
    .replace(/^\$|[^ -~]/g, "_")
    .replace(/^__proto__$/, "_proto_");
}

/** Convex's own test: objects of another realm have another `Object.prototype`. Source: `convex/common`. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype === null ||
    prototype === Object.prototype ||
    prototype.constructor.name === "Object"
  );
}
