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
import {
  vIfExists,
  vOrder,
  vStatus,
  type Fields,
} from "../shared/documents.js";
import { fail, invalid } from "../shared/failures.js";
import {
  objectJson,
  withField,
  type ObjectJson,
  type ValidatorJson,
} from "../shared/validatorJson.js";

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
  const batch = objectJson(mode);
  const batchOfIds = objectJson({ ...mode, ids });
  const bulk = objectJson({
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
    target: objectJson(target),
    transfer: objectJson({ ...target, to: v.string() }),
    batchCreate: withField(batch, "items", listOf(item)),
    batchUpdate: withField(batchOfIds, "updates", same),
    batchUpdateItems: withField(batch, "items", listOf(change)),
    batchRemove: batchOfIds,
    bulk: withField(bulk, "updates", same, true),
    job: objectJson({ jobId: v.string() }),
    get: objectJson({ id: v.string() }),
    getMany: objectJson({ ids }),
    getByKey: objectJson({ ...whose, key: v.string() }),
    list: objectJson({ ...page, ...whose, status }),
    listPublic: objectJson(page),
    listTrash: objectJson({ ...page, ...whose }),
    count: objectJson({ ...whose, status, upTo: v.optional(v.number()) }),
    search: objectJson({
      ...v.object(whose).partial().fields,
      query: v.string(),
      scope: v.optional(oneOf(["own", "public"])),
      status,
      limit: v.optional(v.number()),
    }),
  };
}

/** Throws VALIDATION_FAILED with everything that is wrong with a call's arguments. */
export function checkArguments(shape: ObjectJson, args: unknown): void {
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
function documentOf(fields: PropertyValidators): ObjectJson {
  return { ...objectJson(fields), isDocument: true };
}

function listOf(element: ValidatorJson): ValidatorJson {
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
