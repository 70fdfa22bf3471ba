/**
 * What `where` says about a view, as one range of its keys, and the cursors inside that range.
 *
 * @module
 */
import {
  compareValues,
  convexToJson,
  jsonToConvex,
  type JSONValue,
  type Value,
} from "convex/values";
import type { Issue } from "../errors/codes.js";
import type { Order } from "./documents.js";
import { issue } from "./issues.js";
import {
  foldText,
  keyNames,
  keysOf,
  LAST,
  partOf,
  VIEW,
  type Key,
  type Keyed,
  type ViewDefinition,
  type ViewRequest,
} from "./views.js";

/** Values by the name of a key: one value each, and for the last one perhaps a range. */
export type Where = Record<string, unknown>;

/** A range of keys. A bound is a key or the beginning of one. */
export type KeyRange = {
  /** What every key of the range begins with. */
  prefix: Key;
  lower: Value[];
  upper: Value[];
  lowerInclusive: boolean;
  upperInclusive: boolean;
};

/** The range that `where` describes, or everything that is wrong with it. */
export function rangeOf(
  view: ViewDefinition,
  where: Where,
): KeyRange | { issues: Issue[] } {
  const names = keyNames(view);
  const issues = Object.keys(where)
    .filter((name) => !names.includes(name))
    .map((name) =>
      issue(
        `where.${name}`,
        `is not a key of the view ${view.name}. Its keys: ${names.join(", ")}.`,
      ),
    );
  const prefix: Key = [];
  let ends: Ends | undefined;
  // The first key that is not one value: no key behind it can be asked for.
  let open: string | undefined;
  for (const name of names) {
    const path = `where.${name}`;
    const isEach = name === view.each;
    if (!Object.hasOwn(where, name)) {
      if (isEach) issues.push(issue(path, EACH_MISSING));
      open ??= name;
      continue;
    }
    const asked = where[name];
    const fold = view.fold?.includes(name) ?? false;
    if (open !== undefined) {
      issues.push(
        issue(path, `needs one value of the key before it: ${open}.`),
      );
    } else if (isCondition(asked) && !isEach) {
      open = name;
      const found = endsOf(prefix, asked, fold, path);
      if ("issues" in found) issues.push(...found.issues);
      else ends = found;
    } else {
      const problem = valueProblem(asked, fold);
      if (problem) issues.push(issue(path, problem));
      else prefix.push(partOf(asked, fold));
    }
  }
  if (issues.length > 0) return { issues };
  return {
    prefix,
    lowerInclusive: false,
    upperInclusive: false,
    ...(ends ?? { lower: prefix, upper: [...prefix, LAST] }),
  };
}

const EACH_MISSING =
  "is required: without it, a document would be listed once for each of its values.";

/** Why this cannot be asked for, as a predicate, or `null`. */
function valueProblem(value: unknown, fold: boolean): string | null {
  switch (typeof value) {
    case "undefined":
      return "is undefined. Leave it out, or ask for null: the documents without a value.";
    case "string": {
      if (/\p{Surrogate}/u.test(value)) {
        return "is not valid Unicode: it has half of a surrogate pair.";
      }
      const { length } = fold ? foldText(value) : value;
      return length < VIEW.maxText
        ? null
        : `has ${length} characters; the limit is ${VIEW.maxText - 1}.`;
    }
    case "number":
      return Number.isNaN(value) ? "must not be NaN." : null;
    case "bigint":
      return BigInt.asIntN(64, value) === value
        ? null
        : "is a bigint beyond 64 bits.";
    case "boolean":
      return null;
    default:
      return value === null
        ? null
        : "must be one string, number, bigint, boolean or null.";
  }
}

function isCondition(value: unknown): value is Where {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof ArrayBuffer)
  );
}

/* The range of one key. */

type Ends = Pick<KeyRange, "lower" | "upper">;

/** A bound begins behind the values that equal it (`gt`) or before them (`gte`), and so does the end (`lte`, `lt`). */
const SIDES: Record<string, { end: keyof Ends; behind: boolean }> = {
  gt: { end: "lower", behind: true },
  gte: { end: "lower", behind: false },
  lt: { end: "upper", behind: false },
  lte: { end: "upper", behind: true },
};

function endsOf(
  prefix: Key,
  asked: Where,
  fold: boolean,
  path: string,
): Ends | { issues: Issue[] } {
  if (Object.hasOwn(asked, "startsWith")) {
    return beginningWith(prefix, asked, fold, path);
  }
  const issues: Issue[] = [];
  const ends: Partial<Ends> = {};
  let example: unknown;
  for (const [name, value] of Object.entries(asked)) {
    const side = Object.hasOwn(SIDES, name) ? SIDES[name] : undefined;
    const problem =
      side === undefined
        ? "is not a condition: there are gt, gte, lt, lte and startsWith."
        : value === null
          ? "must be a value: null has no place in a range."
          : ends[side.end]
            ? "is a second bound on the same side."
            : valueProblem(value, fold);
    if (problem) issues.push(issue(`${path}.${name}`, problem));
    if (problem || !side) continue;
    const bound = [...prefix, partOf(value, fold)] as Value[];
    ends[side.end] = side.behind ? [...bound, LAST] : bound;
    example = value;
  }
  if (issues.length > 0) return { issues };
  if (example === undefined) {
    return { issues: [issue(path, "has no condition, such as gte.")] };
  }
  const [least, most] = typeRange(example);
  return { lower: [...prefix, least], upper: [...prefix, most], ...ends };
}

/** A range with one bound stays among the values of its type: "before noon" does not mean "without a time". */
function typeRange(example: unknown): [least: Value, most: Value] {
  switch (typeof example) {
    case "bigint":
      return [-(2n ** 63n), -Infinity];
    case "number":
      return [-Infinity, false];
    case "boolean":
      return [false, ""];
    default:
      return ["", LAST];
  }
}

function beginningWith(
  prefix: Key,
  { startsWith, ...others }: Where,
  fold: boolean,
  path: string,
): Ends | { issues: Issue[] } {
  const here = `${path}.startsWith`;
  if (Object.keys(others).length > 0) {
    return { issues: [issue(here, "cannot stand beside another condition.")] };
  }
  const problem =
    typeof startsWith === "string"
      ? valueProblem(startsWith, fold)
      : "must be a string.";
  if (problem) return { issues: [issue(here, problem)] };
  const start = partOf(startsWith, fold) as string;
  return {
    lower: [...prefix, start],
    upper: [...prefix, textAfter(start) ?? LAST],
  };
}

/** The first text behind all that begin with this one, in the order of code points, or `null` where none is. */
function textAfter(start: string): string | null {
  const points = Array.from(start, (char) => char.codePointAt(0) ?? 0);
  for (let at = points.length - 1; at >= 0; at--) {
    const point = points[at] ?? 0;
    if (point === 0x10ffff) continue;
    // Between them lie the surrogates, which no text has.
    const next = point === 0xd7ff ? 0xe000 : point + 1;
    return String.fromCodePoint(...points.slice(0, at), next);
  }
  return null;
}

/* Places in a range. */

/** Whether a whole key lies in a range. */
export function isInside(range: KeyRange, key: Value[]): boolean {
  const fromLower = compareValues(key, range.lower);
  const fromUpper = compareValues(key, range.upper);
  return (
    (fromLower > 0 || (range.lowerInclusive && fromLower === 0)) &&
    (fromUpper < 0 || (range.upperInclusive && fromUpper === 0))
  );
}

/**
 * The part of a range behind the place where a page starts, up to the place where it ends: one range again. A place outside the
 * range never widens it, so a forged cursor moves its sender within the range that was asked for.
 */
export function narrow(
  range: KeyRange,
  start: Value[] | null,
  end: Value[] | null,
  order: Order,
): KeyRange {
  const [from, to] = order === "asc" ? [start, end] : [end, start];
  const narrowed = { ...range };
  // A page's end belongs to it, its start does not.
  if (from && compareValues(from, range.lower) > 0) {
    narrowed.lower = from;
    narrowed.lowerInclusive = order === "desc";
  }
  if (to && compareValues(to, range.upper) < 0) {
    narrowed.upper = to;
    narrowed.upperInclusive = order === "asc";
  }
  return narrowed;
}

/** A place as it travels: the key behind the range's prefix, and nothing of whose documents these are. */
export function encodePlace(
  key: Value[],
  { prefix }: Pick<KeyRange, "prefix">,
): string {
  return JSON.stringify(convexToJson(key.slice(prefix.length)));
}

/** The place of a document in a part of a view. */
export function placeOf(
  { definition, where }: ViewRequest,
  row: Keyed & { _id: string },
): string {
  const view = JSON.parse(definition) as ViewDefinition;
  const range = rangeOf(view, where);
  // One key, or several that differ before the end of the prefix.
  const [key = []] = keysOf(view, row);
  const { prefix = [] } = "issues" in range ? {} : range;
  return encodePlace([...key, row._id], { prefix });
}

/** The key that a text stands for in a range of this view; `null` for a text that is no place in it. */
export function decodePlace(
  view: ViewDefinition,
  { prefix }: KeyRange,
  text: string,
): Value[] | null {
  if (text.length > VIEW.maxCursor) return null;
  let rest: Value;
  try {
    rest = jsonToConvex(JSON.parse(text) as JSONValue);
  } catch {
    return null;
  }
  // The parts, the time of creation, and the id.
  const length = keyNames(view).length + 2 - prefix.length;
  if (!Array.isArray(rest) || rest.length !== length) return null;
  const [createdAt, id] = rest.slice(-2);
  const isPlace =
    typeof createdAt === "number" &&
    typeof id === "string" &&
    rest.every(isPart);
  return isPlace ? [...prefix, ...rest] : null;
}

/** Whether a key can hold this. A text of the whole length can: a stored one is cut there. */
function isPart(value: Value): boolean {
  return typeof value === "string"
    ? value.length <= VIEW.maxText + 1 && !/\p{Surrogate}/u.test(value)
    : valueProblem(value, false) === null;
}
