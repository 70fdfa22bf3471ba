/**
 * What each operation takes. Convex would check arguments too, but reports only the first problem and, in production, as
 * "Server Error"; here every problem is found at once, each with its path.
 *
 * @module
 */
import { paginationOptsValidator } from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import { vWhere } from "../shared/bulk.js";
import { checkFields } from "../shared/check.js";
import { fail, invalid } from "../shared/failures.js";
import {
  shapeOf,
  withMember,
  type ObjectShape,
  type Shape,
} from "../shared/shape.js";
import {
  vIfExists,
  vOrder,
  vStatus,
  type Fields,
} from "../shared/validators.js";

export type ArgumentShapes = ReturnType<typeof argumentShapes>;

/**
 * The arguments of every operation on documents with these fields. `whose` is what says whose documents are meant, where it
 * is not the caller's.
 */
export function argumentShapes(
  fields: PropertyValidators,
  whose: PropertyValidators,
) {
  const stage = {
    status: v.optional(vStatus),
    isPublic: v.optional(v.boolean()),
    pinned: v.optional(v.boolean()),
    expiresAt: v.optional(v.union(v.number(), v.null())),
  };
  const create = {
    ...fields,
    ...stage,
    ...whose,
    key: v.optional(v.string()),
    ifExists: v.optional(vIfExists),
  };
  const target = { id: v.string(), ifVersion: v.optional(v.number()) };
  const updates = {
    ...v.object(fields).partial().fields,
    ...stage,
    unset: v.optional(v.array(oneOf(optionalNames(fields)))),
  };
  const mode = { mode: v.optional(oneOf(["atomic", "partial"])) };
  const ids = v.array(v.string());
  const item = documentOf(create);
  const change = documentOf({ ...target, ...updates });
  const same = documentOf(updates);
  const batch = shapeOf(mode);
  const batchOfIds = shapeOf({ ...mode, ids });
  const bulk = shapeOf({
    ...v.object(whose).partial().fields,
    operation: oneOf(["update", "remove", "restore", "purge"]),
    ids: v.optional(ids),
    where: v.optional(vWhere),
  });
  const status = v.optional(vStatus);
  const page = {
    order: v.optional(vOrder),
    paginationOpts: paginationOptsValidator,
  };
  return {
    create: item,
    update: change,
    target: shapeOf(target),
    transfer: shapeOf({ ...target, to: v.string() }),
    batchCreate: withMember(batch, "items", listOf(item)),
    batchUpdate: withMember(batchOfIds, "updates", same),
    batchUpdateItems: withMember(batch, "items", listOf(change)),
    batchRemove: batchOfIds,
    bulk: withMember(bulk, "updates", same, true),
    job: shapeOf({ jobId: v.string() }),
    get: shapeOf({ id: v.string() }),
    getMany: shapeOf({ ids }),
    getByKey: shapeOf({ ...whose, key: v.string() }),
    list: shapeOf({ ...page, ...whose, status }),
    listPublic: shapeOf(page),
    listTrash: shapeOf({ ...page, ...whose }),
    count: shapeOf({ ...whose, status, upTo: v.optional(v.number()) }),
    search: shapeOf({
      ...v.object(whose).partial().fields,
      query: v.string(),
      scope: v.optional(oneOf(["own", "public"])),
      status,
      limit: v.optional(v.number()),
    }),
  };
}

/** Throws VALIDATION_FAILED with everything that is wrong with a call's arguments. */
export function checkArguments(shape: ObjectShape, args: unknown): void {
  const issues = checkFields(shape, args);
  if (issues.length > 0) throw fail(invalid(issues));
}

/** The host's fields among checked arguments, and ours beside them. */
export function splitFields(
  fields: PropertyValidators,
  args: object,
): { own: Fields; ours: Record<string, unknown> } {
  const own: Fields = {};
  const ours: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args) as [string, unknown][]) {
    // What is undefined would be lost on the way to the component: it is absent from here on.
    if (value === undefined) continue;
    (Object.hasOwn(fields, name) ? own : ours)[name] = value;
  }
  return { own, ours };
}

/** A checked number of things: a whole one, from 1 to a limit. */
export function checkAmount(path: string, amount: number, limit: number): void {
  if (Number.isInteger(amount) && amount >= 1 && amount <= limit) return;
  const message = `must be a whole number from 1 to ${limit}.`;
  throw fail(invalid([{ path, message }]));
}

/** The shape of arguments among which a document's fields stand. */
function documentOf(fields: PropertyValidators): ObjectShape {
  return { ...shapeOf(fields), isDocument: true };
}

function listOf(element: Shape): Shape {
  return { kind: "array", element };
}

function optionalNames(fields: PropertyValidators): string[] {
  return Object.keys(fields).filter(
    (name) => fields[name]?.isOptional === "optional",
  );
}

function oneOf(names: string[]) {
  return v.union(...names.map((name) => v.literal(name)));
}
