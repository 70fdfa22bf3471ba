/**
 * What each operation takes. The validators here are the one declaration: the types that a host meets and the shapes that a
 * call is checked against are made of them.
 *
 * Convex would check arguments too, but reports only the first problem and, in production, as "Server Error"; here every
 * problem is found at once, each with its path.
 *
 * @module
 */
import { paginationOptsValidator, type Expand } from "convex/server";
import { v, type Infer, type PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import { vBulkChange, vWhere } from "../shared/bulk.js";
import {
  vDraft,
  vOrder,
  vStatus,
  vTarget,
  vTransfer,
  type Fields,
} from "../shared/documents.js";
import { MANAGED } from "../shared/fieldRules.js";
import { issue, wholeNumberProblem } from "../shared/issues.js";
import type { WithId } from "../shared/ids.js";
import { vPlanAction } from "../shared/plans.js";
import { vCanOperation } from "../shared/roles.js";
import { vGift, vNewLink, type Gift } from "../shared/sharing.js";
import {
  objectJson,
  withField,
  type ObjectJson,
  type ValidatorJson,
} from "../shared/validatorJson.js";
import type { PropertiesOf } from "./document.js";

/** What a write says beside the host's fields, as the component takes it. */
const draft = vDraft.omit("fields", "ownerId", "sent", "unset").fields;
const change = vBulkChange.omit("set", "unset").fields;
const targetArgs = vTarget.fields;

const ids = v.array(v.string());
const mode = {
  /** All items or none (`"atomic"`), or each for itself. Default: `"atomic"`. */
  mode: v.optional(v.union(v.literal("atomic"), v.literal("partial"))),
};
const page = {
  /** By last change. Default: `"desc"`, newest first; by a view: `"asc"`. */
  order: v.optional(vOrder),
  /** At most 100 documents a page; a page of large documents ends early, at 4 MiB. */
  paginationOpts: paginationOptsValidator,
};
const ofStatus = {
  /** Only documents of this status. */
  status: v.optional(vStatus),
};
const upTo = {
  /** Where to stop counting: 1,000 at most. Default: 100. */
  upTo: v.optional(v.number()),
};
const question = { operation: vCanOperation };
const bulkId = { jobId: v.string() };
const revision = {
  id: v.string(),
  /** A version from `version` to `upTo` of the revision that is meant. */
  version: v.number(),
};

/** The bulk operations that there are with a working copy. */
export const STAGES = ["publish", "unpublish", "discardDraft"] as const;

/** All bulk operations. */
export const BULK_OPERATIONS = [
  "update",
  "remove",
  "restore",
  "purge",
  ...STAGES,
] as const;

/** The operations whose arguments are the same for every host. */
const common = {
  get: { id: v.string() },
  getMany: { ids },
  getByKey: { key: v.string() },
  list: { ...page, ...ofStatus },
  listPublic: page,
  listTrash: page,
  count: { ...ofStatus, ...upTo },
  search: {
    query: v.string(),
    /** Default: `"own"`. */
    scope: v.optional(v.union(v.literal("own"), v.literal("public"))),
    ...ofStatus,
    /** 100 at most. Default: 20. */
    limit: v.optional(v.number()),
  },
  remove: targetArgs,
  restore: targetArgs,
  purge: targetArgs,
  transfer: vTransfer.fields,
  publish: targetArgs,
  unpublish: targetArgs,
  discardDraft: targetArgs,
  batchRemove: { ids, ...mode },
  schedule: {
    ...targetArgs,
    action: vPlanAction,
    /** When (ms since 1970). One that has passed is due at once. */
    at: v.number(),
  },
  cancelSchedule: { id: v.string(), action: vPlanAction },
  schedules: { id: v.string() },
  batchPublish: { ids, ...mode },
  batchUnpublish: { ids, ...mode },
  batchDiscardDraft: { ids, ...mode },
  unshare: { id: v.string(), principal: v.string() },
  leave: { id: v.string() },
  acceptInvitations: {},
  createLink: { id: v.string(), ...vNewLink.fields },
  revokeLink: { id: v.string(), linkId: v.string() },
  members: { id: v.string() },
  listShared: {
    /** By the time of sharing. Default: `"desc"`, newest first. */
    order: v.optional(vOrder),
    /** At most 100 documents a page; a page of large documents ends early, at 4 MiB. */
    paginationOpts: paginationOptsValidator,
  },
  bulkStatus: bulkId,
  cancelBulk: bulkId,
  listRevisions: {
    id: v.string(),
    /** At most 100 revisions a page. */
    paginationOpts: paginationOptsValidator,
  },
  getRevision: revision,
  nameRevision: {
    ...revision,
    /** 1 to 256 characters. `null` takes the name back. */
    name: v.union(v.string(), v.null()),
  },
};

const revertArgs = {
  id: v.string(),
  /** The version whose content comes back: one of `listRevisions`. */
  to: v.number(),
  /** The version that the caller sees. If the document has another: CONFLICT, and nothing is written. Default: any. */
  ifVersion: v.optional(v.number()),
  /** What becomes of a content that is not valid any more. Default: `"exact"`. */
  mode: v.optional(v.union(v.literal("exact"), v.literal("fitting"))),
};
const revertShape = { ...revertArgs, only: v.optional(v.array(v.string())) };

type OptionalName<F extends PropertyValidators> = {
  [Name in keyof F]: F[Name]["isOptional"] extends "optional" ? Name : never;
}[keyof F];

/** The name of a field that documents may still have although it is no longer declared: see `retired`. */
export type Retired = string & { readonly isRetired: true };

/**
 * The name of a field that was taken out of `fields`, for `unset`. The compiler knows only the declared names, and would take
 * any other for a misspelt one. A document without the field refuses its name with VALIDATION_FAILED.
 *
 * @example
 * ```ts
 * await docs.update(ctx, { id, unset: [retired("color")] });
 * ```
 */
export function retired(name: string): Retired {
  return name as Retired;
}

type Updates<F extends PropertyValidators> = {
  [Name in keyof F]?: Exclude<Infer<F[Name]>, undefined>;
} & PropertiesOf<typeof change> & {
    /**
     * Optional fields to delete. `undefined` cannot say so: it is lost on the way to the server. A name that is no longer
     * declared may stand here too while the document has it: see `retired`.
     */
    unset?: (OptionalName<F> | Retired)[];
  };

type Question<F extends PropertyValidators> = PropertiesOf<typeof question> & {
  /** What an update would send, whatever the values. Default: fields of the host's, none in particular. */
  fields?: readonly (keyof F | (typeof MANAGED)[number])[];
};

type WithMode<Args> = Expand<Args & PropertiesOf<typeof mode>>;

/** The operations whose arguments hold the host's fields. */
type WithFields<F extends PropertyValidators, Id> = {
  create: Expand<PropertiesOf<F> & PropertiesOf<typeof draft>>;
  update: Expand<WithId<PropertiesOf<typeof targetArgs>, Id> & Updates<F>>;
  batchCreate: WithMode<{ items: WithFields<F, Id>["create"][] }>;
  batchUpdate:
    | WithMode<{ ids: Id[]; updates: Expand<Updates<F>> }>
    | WithMode<{ items: WithFields<F, Id>["update"][] }>;
  can: Expand<{ id: Id } & Question<F>>;
  canMany: Expand<{ ids: Id[] } & Question<F>>;
  startBulk: (
    | {
        /** At most 8,000. Each is done once, however often it is listed. */
        ids: Id[];
      }
    | {
        /** All of one owner's: for `restore` and `purge` those in the trash, else those outside it. */
        where: Expand<PropertiesOf<typeof vWhere.fields>>;
      }
  ) &
    (
      | { operation: "update"; updates: Expand<Updates<F>> }
      | { operation: "remove" | "restore" | "purge" }
    );
  revert: Expand<
    WithId<PropertiesOf<typeof revertArgs>, Id> & {
      /** The fields that go back. Default: all. */
      only?: (keyof F & string)[];
    }
  >;
};

/** A role for one, or roles for several. */
type ShareArgs<Id> = { id: Id } & (
  Expand<PropertiesOf<typeof vGift.fields>> | { members: Gift[] }
);

type ByOperation<F extends PropertyValidators, Id> = WithFields<F, Id> & {
  share: ShareArgs<Id>;
} & {
  [Operation in keyof typeof common]: Expand<
    WithId<PropertiesOf<(typeof common)[Operation]>, Id>
  >;
};

/** An operation that takes arguments, by the name of its method. */
export type DocsOperation = keyof ByOperation<PropertyValidators, string>;

/**
 * What an operation takes, for documents with these fields.
 *
 * @example
 * ```ts
 * const fields = { title: v.string(), content: v.string() };
 * type Change = DocsArgs<"update", typeof fields>;
 * ```
 */
export type DocsArgs<
  Operation extends DocsOperation,
  F extends PropertyValidators = PropertyValidators,
  Id extends string = string,
> = ByOperation<F, Id>[Operation];

/** As `DocsArgs`, of an operation that takes none of the host's fields. */
export type IdArgs<
  Operation extends DocsOperation,
  Id extends string,
> = DocsArgs<Operation, PropertyValidators, Id>;

/** Whose documents are meant: given to `asSystem`. */
export type OwnerArgs = { ownerId: string };

/** Whose documents a caller means: nothing that a host can pass, unless it declares `sharing: true`. */
export type PerhapsOwner<S> = S extends true
  ? {
      /** A name that `principals` says the caller acts as, such as `"team:7"`. Default: the caller. */
      ownerId?: string;
    }
  : object;

/** Arguments of a function, and whose documents the caller means. */
export type Owned<S, Args> = S extends true
  ? Args extends unknown
    ? Args & PerhapsOwner<true>
    : never
  : Args;

/**
 * By operation. `batchUpdate` has two forms: the same change to each of `ids`, and `items` with a change each. What can go by a
 * view has another form for that.
 */
export type ArgumentShapes = Record<
  | DocsOperation
  | "batchUpdateItems"
  | "getBy"
  | `${"list" | "listPublic" | "count" | "startBulk"}ByView`,
  ObjectJson
>;

/** A view and what is asked of it. `viewRequest` checks what they hold. */
const byView = { view: v.string(), where: v.optional(v.any()) };

/** One gift, or several: `Sharing` sees that it is one of the two. */
const SHARE = objectJson({
  id: v.string(),
  ...vGift.partial().fields,
  members: v.optional(v.array(vGift)),
});

/**
 * The shapes of every operation's arguments, on documents with these fields. `whose` says whose documents are meant where they
 * are not the caller's.
 */
export function argumentShapes(
  fields: PropertyValidators,
  whose: PropertyValidators,
): ArgumentShapes {
  const perhapsWhose = v.object(whose).partial().fields;
  const item = documentJson({ ...fields, ...draft, ...whose });
  const perhaps = v.object(fields).partial().fields;
  const updates = { ...perhaps, ...change };
  const changes = withUnset(
    documentJson({ ...targetArgs, ...updates }),
    fields,
  );
  const sameChanges = withUnset(documentJson(updates), fields);
  const batch = objectJson(mode);
  const names = v.array(oneOf([...Object.keys(fields), ...MANAGED]));
  const asked = { ...question, fields: v.optional(names) };
  const bulk = objectJson({
    ...perhapsWhose,
    operation: oneOf(BULK_OPERATIONS),
    ids: v.optional(ids),
    where: v.optional(vWhere),
  });
  return {
    ...commonShapes(),
    getByKey: objectJson({ ...common.getByKey, ...whose }),
    list: objectJson({ ...common.list, ...whose }),
    listTrash: objectJson({ ...common.listTrash, ...whose }),
    count: objectJson({ ...common.count, ...whose }),
    search: objectJson({ ...common.search, ...perhapsWhose }),
    getBy: objectJson({ ...byView, ...whose }),
    listByView: objectJson({ ...byView, ...page, ...whose }),
    listPublicByView: objectJson({ ...byView, ...page }),
    countByView: objectJson({ ...byView, ...upTo, ...whose }),
    startBulkByView: withField(
      objectJson({
        ...byView,
        ...perhapsWhose,
        operation: oneOf(["update", "remove", ...STAGES]),
      }),
      "updates",
      sameChanges,
      true,
    ),
    can: objectJson({ ...common.get, ...asked }),
    canMany: objectJson({ ...common.getMany, ...asked }),
    share: SHARE,
    create: item,
    update: changes,
    batchCreate: withField(batch, "items", listOf(item)),
    batchUpdate: withField(
      objectJson({ ids, ...mode }),
      "updates",
      sameChanges,
    ),
    batchUpdateItems: withField(batch, "items", listOf(changes)),
    revert: objectJson(revertShape),
    startBulk: withField(bulk, "updates", sameChanges, true),
  };
}

/** Those that depend on nothing that the host declares. */
function commonShapes(): Record<keyof typeof common, ObjectJson> {
  const shapes = Object.entries(common).map(
    ([operation, args]) => [operation, objectJson(args)] as const,
  );
  return Object.fromEntries(shapes) as Record<keyof typeof common, ObjectJson>;
}

/** The host's fields among checked arguments, and the rest. */
export function splitFields(
  fields: PropertyValidators,
  args: object,
): { own: Fields; rest: Record<string, unknown> } {
  const own: Fields = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args) as [string, unknown][]) {
    // What is undefined would be lost on the way to the component: it is absent from here on.
    if (value === undefined) continue;
    (Object.hasOwn(fields, name) ? own : rest)[name] = value;
  }
  return { own, rest };
}

/** What is wrong with a number of things: it is a whole one, from 1 to a limit. */
export function amountIssues(
  path: string,
  amount: number,
  limit: number,
): Issue[] {
  const problem = wholeNumberProblem(amount, 1, limit);
  return problem ? [issue(path, problem)] : [];
}

/** The shape of arguments that hold a document's fields. */
function documentJson(fields: PropertyValidators): ObjectJson {
  return { ...objectJson(fields), isDocument: true };
}

function listOf(element: ValidatorJson): ValidatorJson {
  return { kind: "array", element };
}

/**
 * With `unset`: names of optional fields. The document may have others from an earlier declaration, so the component, which sees
 * the document, refuses a name that it does not know.
 */
function withUnset(shape: ObjectJson, fields: PropertyValidators): ObjectJson {
  const except = Object.keys(fields).filter(
    (name) => fields[name]?.isOptional !== "optional",
  );
  return withField(shape, "unset", listOf({ kind: "string", except }), true);
}

function oneOf(names: readonly string[]) {
  return v.union(...names.map((name) => v.literal(name)));
}
