/**
 * What a host declares for one `Docs`, and what follows from it.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type {
  Auth,
  FunctionReference,
  FunctionVisibility,
} from "convex/server";
import { v, type PropertyValidators } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import { assertMounted } from "../host/component.js";
import type { WorkerCall } from "../shared/bulk.js";
import { isName } from "../shared/check.js";
import {
  BATCH,
  DOCUMENT,
  GET_MANY,
  SEARCH,
  type Outcome,
} from "../shared/documents.js";
import { encodeRules, type Rules } from "../shared/fields.js";
import { assertWholeNumber } from "../shared/issues.js";
import type { FieldRules } from "../shared/fieldRules.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { isReserved, type NoReservedNames } from "../shared/reserved.js";
import type { AccessOperation, Answer, Standing } from "../shared/roles.js";
import { objectJson } from "../shared/validatorJson.js";
import { fingerprintOf, type ViewDefinition } from "../shared/views.js";
import { argumentShapes, type ArgumentShapes } from "./arguments.js";
import type { DocumentOf } from "./document.js";
import {
  checkedFieldRules,
  type Readable,
  type Writable,
} from "./fieldRules.js";
import type { Principal } from "./principals.js";
import type { SharingChange } from "./sharingChange.js";
import type { MapError } from "./errors.js";
import { viewDefinitions, type NoViews } from "./views.js";
import {
  historyState,
  type HistoryOptions,
  type HistoryState,
} from "./history.js";

/** How a host describes its documents. */
export type DocsOptions<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  AccessCtx = Ctx,
  V = NoViews,
  S = false,
  H = undefined,
  W = undefined,
  R = undefined,
  Id extends string = string,
> = Settings<F, AccessCtx, ChangeCtx, V, S, H, W, R, Id> & {
  /**
   * The host's own fields, as Convex validators. They are checked on every write and typed in every call. An id of a host's
   * table is kept as a string: the component cannot see the table.
   */
  fields: F & NoReservedNames<F>;
  /**
   * Who is calling: a stable, unique id of 1 to 512 characters, or `null` when no user is signed in. Required, because no
   * default is right: `subject` is unique within one issuer only, a fallback makes all strangers one owner, and with Convex Auth
   * even `tokenIdentifier` is another at each sign-in (docs/identity.md has a table by provider). Declare what it needs of
   * `ctx`, and calls from elsewhere do not compile.
   */
  identify: (ctx: Ctx) => Promise<string | null> | string | null;
};

/** What `identify` is given unless it declares more. */
export type AuthCtx = { auth: Auth };

/**
 * A reference to the function that `docs.worker()` makes. The annotation is needed where the reference is passed to the `Docs`
 * that makes the function: without it, the file's type refers to itself.
 *
 * @example
 * ```ts
 * const writer: DocsWorker = internal.tickets.worker;
 * ```
 */
export type DocsWorker = FunctionReference<
  "mutation",
  FunctionVisibility,
  WorkerCall,
  Outcome[]
>;

/** The options that can be left out. */
export type Settings<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  V = object,
  S = boolean,
  H = HistoryOptions | undefined,
  W = true | undefined,
  R = Readable<F> | undefined,
  Id extends string = string,
> = Hooks<F, Ctx, ChangeCtx, Id> & {
  /**
   * `true`: documents can be shared, with the operations `share`, `unshare`, `leave`, `members` and `listShared`. Default:
   * `false`, and there is nothing of it.
   */
  sharing?: S;
  /**
   * The fields that a role sees, in every answer; a role that is not named sees what the one above it sees. A manager and the
   * owner see all. Needs `sharing: true`. What `search` looks in must be for the `public`, and the keys of a view for everybody
   * who may use it: what is hidden could be found out otherwise.
   *
   * Costs nothing beside what is read anyway.
   */
  readable?: R;
  /**
   * The fields, and of `status`, `isPublic`, `pinned` and `expiresAt` the columns, that a role writes. Default: a commenter none, an
   * editor the fields that an editor sees, a manager everything. Needs `sharing: true`. A call that sends another name is FORBIDDEN,
   * whatever the value.
   */
  writable?: Writable<F>;
  /**
   * Rules that validators cannot express: a Standard Schema of the whole document, such as a Zod 4 object. Must accept what it
   * returns: it sees stored fields again. Its result counts for the fields that a call names, for those that the document does
   * not have yet, and where it is `undefined`, which clears the field. Any other field is validated and keeps its value.
   */
  schema?: StandardSchemaV1;
  /**
   * `true`: `schema` names every field, and what it leaves out of its result is not stored. Default: `false`: what it leaves out
   * keeps its value, unless the schema returns it for the document as it was.
   */
  wholeSchema?: boolean;
  /** The string fields that `search` looks in. Their text is stored once more. */
  search?: (keyof F & string)[];
  /**
   * By which fields documents are listed, filtered and counted, and which are unique. Every `Docs` of one mount declares the
   * same ones. A new view is computed until it is built: see `buildViews`.
   *
   * Costs one read of a small row in each write, and a write for each place that moves.
   */
  views?: V;
  /** `true`: `remove` moves to the trash, `restore` brings back, `purge` deletes. Default: `false`. */
  trash?: boolean;
  /**
   * Keeps what documents contained, who wrote it and when: `{}` for the defaults. Adds `listRevisions`, `getRevision`, `revert` and
   * `nameRevision`. Default: nothing is kept.
   *
   * Costs one more row for an update that changes fields, two if they have more than 4 KiB.
   */
  history?: H;
  /**
   * `true`: an edit of a published document waits until it is published, and until then everybody else sees what was. Adds
   * `publish`, `unpublish` and `discardDraft`. Needs `history`. Default: an edit is there for everybody at once.
   *
   * Costs one more row for the first edit after publishing, and one more index range for each document that is read by its id.
   */
  workingCopy?: W;
  /** Bytes that the fields of one document may have together: 917,504 at most. Default: 262,144. */
  maxDocumentBytes?: number;
  /**
   * Reference to the function that `docs.worker()` makes: bulk operations write in it, so that `access`, `onChange` and
   * `schema` apply in the background too. `startBulk` needs it as soon as there is one of them, and checks it.
   */
  worker?: DocsWorker;
  /**
   * Turns an error of this package into the host's own, for a host whose clients switch on another shape. Other errors pass
   * as they are, and so does INVALID_CURSOR, whose data Convex's own hooks read.
   */
  mapError?: MapError;
  /** Items of one batch: 1,000 at most. Default: 100. */
  maxBatchItems?: number;
};

/** Functions of the host's that take part in each call. */
export type Hooks<
  F extends PropertyValidators,
  Ctx,
  ChangeCtx,
  Id extends string = string,
> = {
  /**
   * Says yes to a user who is not the owner (sharing, roles, an authorization component), or no to the owner. Asked for every
   * document that a call names and every row that a list or search returns. Without it, the owner alone writes, and others
   * read what is public and published. The trash is its owner's alone: the hook is not asked.
   *
   * Answers `false`, a role, or `true`: a yes to this one call, which lets who updates change the fields, but not `status`,
   * `isPublic`, `pinned` and `expiresAt`. Answer `"manager"` for those. An update that sets `expiresAt` or unpins asks
   * `"remove"` too, because retention may then remove the document.
   *
   * Costs one more read of each document that is written.
   */
  access?: (
    ctx: Ctx,
    request: AccessRequest<F, Id>,
  ) => Promise<Answer> | Answer;
  /**
   * Runs once for each document that a call creates, changes or removes, in the transaction that does it: after the whole call is
   * written, before it answers. What it reads is what is stored. A throw undoes the whole call, even if the host catches it.
   * Declare the mutation's `ctx` that it needs: writing from an action, where there is no such transaction, then does not compile.
   *
   * It may write documents, with the `ctx` that it is given; each of those writes is told too. A hook that writes the same
   * document again when it is told of its own write never ends, and is refused with an Error.
   *
   * Costs no read of a document that is changed, one of a new one, and two reads and a small write of one that is deleted.
   */
  onChange?: (
    ctx: ChangeCtx,
    change: DocumentChange<F, Id>,
  ) => Promise<void> | void;
  /**
   * What else a user may act as: names such as `"team:7"`, in any form that is no user's id, with which documents are shared.
   * `upTo` is the most that a user is through it. Default: `"manager"`. At most 15 count; more are cut off with a warning.
   * Needs `sharing: true`.
   *
   * Asked once in each call that names a document which is not the user's own, and in `listShared`. In `docs.as(userId)` and in
   * bulk operations `ctx.auth` says that nobody is signed in: answer by `userId`, from a table, and a membership that ends is over
   * in the very next call.
   */
  principals?: (
    ctx: Ctx,
    userId: string,
  ) => Promise<readonly Principal[]> | readonly Principal[];
  /**
   * Runs once for each role that a call gives, changes or takes away, `transfer` too, in the transaction that does it: after it is
   * written and `onChange` is told, before the call answers. A throw takes it back, even if the host catches it. Not told of a grant
   * that ends by itself, or with its document.
   */
  onShare?: (ctx: ChangeCtx, change: SharingChange<Id>) => Promise<void> | void;
};

/** What `access` is asked. */
export type AccessRequest<
  F extends PropertyValidators,
  Id extends string = string,
> = {
  operation: AccessOperation;
  document: DocumentOf<F, Id>;
  /** The user who wants to; `null` when no user is signed in, which is possible for `"read"` alone. */
  userId: string | null;
  /** The user's role without the hook: `"owner"`, what was shared with them, `"public"` for what anyone may read, or `null`. */
  role: Standing | null;
  /** The answer without the hook: a user reads what is their own or public, and writes what is their own. */
  byDefault: boolean;
};

/** The component's functions that write. */
export type WriteOperation =
  | "create"
  | "update"
  | "revert"
  | "publish"
  | "unpublish"
  | "discard"
  | "remove"
  | "trash"
  | "restore"
  | "purge"
  | "transfer";

/** A document was created, changed or removed. */
export type DocumentChange<
  F extends PropertyValidators,
  Id extends string = string,
> = {
  operation: WriteOperation;
  /** As it was; `null` for a new one. */
  before: DocumentOf<F, Id> | null;
  /** As it is; `null` for one that is gone. */
  after: DocumentOf<F, Id> | null;
  /** The user who did it; `null` for the system. */
  userId: string | null;
  /** The other name by which the user might, such as that of a team. Absent: by their own, by a link, or by `access`. */
  actingAs?: string;
  /** What everybody sees, before and after; `null` for nothing. Absent without `workingCopy`. */
  live?: {
    before: DocumentOf<F, Id> | null;
    after: DocumentOf<F, Id> | null;
  };
};

/** Hooks of any host: `Docs` takes only calls whose `ctx` has what its hooks declare, so theirs is not typed any further. */
export type AnyHooks = Hooks<PropertyValidators, unknown, unknown>;

/** What one `Docs` knows, worked out once. */
export type DocsState = {
  component: ComponentApi;
  fields: PropertyValidators;
  /** What the host declares, and the same as a text: see `Rules`. */
  declared: Rules;
  rules: string;
  /** The arguments of a caller's operations, and of the system's. */
  arguments: { caller: ArgumentShapes; system: ArgumentShapes };
  views: ViewDefinition[];
  trash: boolean;
  sharing: boolean;
  history: HistoryState | undefined;
  workingCopy: boolean;
  isSearchable: boolean;
  maxBatchItems: number;
  /** Ids of one `getMany`. */
  maxGetItems: number;
  schema: StandardSchemaV1 | undefined;
  wholeSchema: boolean;
  worker: DocsWorker | undefined;
  mapError: MapError | undefined;
  hooks: AnyHooks;
};

/** Checks what a host declares and works out what every call will need. */
export function createDocsState<F extends PropertyValidators, Ctx, ChangeCtx>(
  component: ComponentApi,
  fields: F,
  settings: Settings<F, Ctx, ChangeCtx>,
): DocsState {
  const {
    search = [],
    trash = false,
    maxDocumentBytes: maxBytes = DOCUMENT.maxBytes,
    maxBatchItems = BATCH.defaultItems,
    schema,
    wholeSchema = false,
    worker,
    mapError,
    views: given = {},
    sharing = false,
    history: declaredHistory,
    workingCopy = false,
    readable,
    writable,
    ...hooks
  } = settings;
  assertMounted("Docs", component);
  assertUsable(fields);
  assertSearchable(fields, search);
  assertLimits({ maxBytes, maxBatchItems });
  const views = viewDefinitions(fields, given);
  const history = historyOf(declaredHistory, workingCopy);
  const shared = { sharing, readable, writable, ...hooks };
  const declared: Rules = {
    shape: objectJson(fields),
    maxBytes,
    search,
    trash,
    ...(views.length === 0 ? {} : { views, viewSet: fingerprintOf(views) }),
    ...sharingRules(shared, { fields, search, views }),
    ...(history ? { history: history.rules } : {}),
    ...(workingCopy ? { workingCopy } : {}),
  };
  return {
    component,
    fields,
    views,
    declared,
    rules: encodeRules(declared),
    arguments: shapesOf(fields, sharing),
    trash,
    sharing,
    history,
    workingCopy,
    isSearchable: search.length > 0,
    maxBatchItems,
    maxGetItems: maxGetItems(maxBytes),
    schema,
    wholeSchema,
    worker,
    mapError,
    hooks: hooks as AnyHooks,
  };
}

function assertLimits(given: { maxBytes: number; maxBatchItems: number }) {
  const { maxBytes, maxBatchItems } = given;
  assertWholeNumber("maxDocumentBytes", maxBytes, 1, DOCUMENT.ceilingBytes);
  assertWholeNumber("maxBatchItems", maxBatchItems, 1, BATCH.maxItems);
}

function shapesOf(
  fields: PropertyValidators,
  sharing: boolean,
): DocsState["arguments"] {
  const perhaps = sharing ? { ownerId: v.optional(v.string()) } : {};
  const caller = argumentShapes(fields, perhaps);
  return { caller, system: argumentShapes(fields, { ownerId: v.string() }) };
}

function historyOf(
  declared: HistoryOptions | undefined,
  workingCopy: boolean,
): HistoryState | undefined {
  if (declared) return historyState(declared);
  if (!workingCopy) return undefined;
  throw new Error(
    "convex-docs: workingCopy needs a history, which keeps what is discarded. Declare it in new Docs(): history: {}.",
  );
}

/** Options that make no sense where nothing is shared. */
const OF_SHARING = ["principals", "onShare", "readable", "writable"] as const;

type OfSharing = {
  [Option in keyof FieldRules]: FieldRules[Option] | undefined;
} & {
  sharing: boolean;
  principals?: unknown;
  onShare?: unknown;
  access?: unknown;
};

/** What is declared of sharing, as the component takes it. */
function sharingRules(
  declared: OfSharing,
  {
    fields,
    ...others
  }: Pick<Rules, "search"> & {
    fields: PropertyValidators;
    views: ViewDefinition[];
  },
): Pick<Rules, "sharing" | keyof FieldRules> {
  const { sharing, readable, writable, principals, access } = declared;
  if (!sharing) {
    assertNotShared(declared);
    return {};
  }
  const rules = omitUndefined({ readable, writable });
  const isListedByOthers = Boolean(principals ?? access);
  const context = { fields: Object.keys(fields), ...others, isListedByOthers };
  return { sharing, ...checkedFieldRules(rules, context) };
}

function assertNotShared(given: OfSharing): void {
  const option = OF_SHARING.find((name) => given[name]);
  if (option === undefined) return;
  throw new Error(
    `convex-docs: the option ${option} makes no sense without sharing: true in new Docs().`,
  );
}

/**
 * As many as can be read in one transaction however large each is. It must not depend on how large they are: that would say
 * something about documents that the caller may not see.
 */
function maxGetItems(maxBytes: number): number {
  const largest = maxBytes + SEARCH.maxTextBytes + DOCUMENT.overheadBytes;
  return Math.min(GET_MANY.maxItems, Math.floor(GET_MANY.maxBytes / largest));
}

function assertUsable(fields: PropertyValidators): void {
  const impossible = Object.keys(fields).filter((name) => !isName(name));
  if (impossible.length > 0) {
    const names = impossible.map((name) => JSON.stringify(name.slice(0, 64)));
    throw new Error(
      `convex-docs: Convex cannot store fields of these names: ${names.join(", ")}. A name is printable ASCII, at most 1,024 characters.`,
    );
  }
  const reserved = Object.keys(fields).filter(isReserved);
  if (reserved.length > 0) {
    throw new Error(
      `convex-docs: these field names are reserved: ${reserved.join(", ")}. Choose others in new Docs().`,
    );
  }
}

function assertSearchable(fields: PropertyValidators, names: string[]): void {
  const wrong = names.filter((name) => fields[name]?.kind !== "string");
  if (wrong.length > 0) {
    throw new Error(
      `convex-docs: search takes names of string fields; these are not: ${wrong.join(", ")}.`,
    );
  }
}
