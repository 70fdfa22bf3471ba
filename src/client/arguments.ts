/**
 * What each operation takes. Convex would check arguments too, but reports only the first problem and, in production, as
 * "Server Error"; here every problem is found at once, each with its path.
 *
 * @module
 */
import { paginationOptsValidator } from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import { checkFields } from "../shared/check.js";
import { fail, invalid } from "../shared/failures.js";
import { shapeOf, type ObjectShape } from "../shared/shape.js";
import { vOrder, vStatus, type Fields } from "../shared/validators.js";

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
  };
  const lock = { id: v.string(), ifVersion: v.optional(v.number()) };
  const page = {
    order: v.optional(vOrder),
    paginationOpts: paginationOptsValidator,
  };
  const optional = Object.keys(fields)
    .filter((name) => fields[name]?.isOptional === "optional")
    .map((name) => v.literal(name));
  return {
    create: shapeOf({ ...fields, ...stage, ...whose }),
    update: shapeOf({
      ...v.object(fields).partial().fields,
      ...stage,
      ...lock,
      unset: v.optional(v.array(v.union(...optional))),
    }),
    remove: shapeOf(lock),
    get: shapeOf({ id: v.string() }),
    list: shapeOf({ ...page, ...whose, status: v.optional(vStatus) }),
    listPublic: shapeOf(page),
  };
}

/** The host's fields among checked arguments, and ours beside them. */
export function splitFields(
  fields: PropertyValidators,
  args: object,
): { own: Fields; ours: Record<string, unknown> } {
  const own: Fields = {};
  const ours: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    (Object.hasOwn(fields, name) ? own : ours)[name] = value;
  }
  return { own, ours };
}

/** Throws VALIDATION_FAILED with everything that is wrong with a call's arguments. */
export function checkArguments(shape: ObjectShape, args: unknown): void {
  const issues = checkFields(shape, args);
  if (issues.length > 0) throw fail(invalid(issues));
}
