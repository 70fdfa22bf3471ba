/**
 * What one `Docs` knows, worked out once: where its component is mounted, what its documents look like, and where its host
 * takes part.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { v, type PropertyValidators } from "convex/values";
import { assertMounted } from "../host/component.js";
import type { ComponentApi } from "../component/_generated/component.js";
import { isName } from "../shared/check.js";
import {
  BATCH,
  DOCUMENT,
  GET_MANY,
  SEARCH,
  type StoredDocument,
} from "../shared/documents.js";
import { encodeRules } from "../shared/fields.js";
import { objectJson } from "../shared/validatorJson.js";
import { argumentShapes, type ArgumentShapes } from "./arguments.js";
import type { MapError } from "./errors.js";
import type { DocumentOf } from "./types.js";

/** What a host may say besides its fields. */
export type Settings<F extends PropertyValidators, Ctx, ChangeCtx> = Hooks<
  F,
  Ctx,
  ChangeCtx
> & {
  /** Rules that validators cannot say: a Standard Schema of the whole document, such as a Zod 4 object. */
  schema?: StandardSchemaV1;
  /** The string fields that `search` looks in. Their text is stored once more. */
  search?: (keyof F & string)[];
  /** `true`: `remove` moves to the trash, `restore` brings back, `purge` deletes. `false` when not given. */
  trash?: boolean;
  /** Bytes that the fields of one document may have together: 262,144 when not given, 917,504 at most. */
  maxDocumentBytes?: number;
  /**
   * Path of the function that `bulkWorker()` made, such as `"documents:bulkWorker"`: bulk jobs call it to write, so that
   * hooks and schema have their say in the background too. Needed by `startBulk` as soon as there are any.
   */
  bulkWorker?: string;
  /**
   * Turns errors of ours into the host's own, for a host whose clients switch on another shape. Errors of other kinds pass
   * as they are, and so does INVALID_CURSOR, whose data Convex's own hooks read.
   */
  mapError?: MapError;
  /** Items of one batch: 100 when not given, 1,000 at most. */
  maxBatchItems?: number;
};

export type DocsState<
  F extends PropertyValidators = PropertyValidators,
  Ctx = never,
  ChangeCtx = never,
> = {
  component: ComponentApi;
  fields: F;
  /** See `Rules`. */
  rules: string;
  /** The arguments of a caller's operations, and of the system's. */
  arguments: { caller: ArgumentShapes; system: ArgumentShapes };
  trash: boolean;
  isSearchable: boolean;
  maxBatchItems: number;
  /** Ids of one `getMany`. */
  maxGetItems: number;
  schema: StandardSchemaV1 | undefined;
  bulkWorker: string | undefined;
  mapError: MapError | undefined;
  hooks: Hooks<F, Ctx, ChangeCtx>;
};

/** Checks what a host declares and works out what every call will need. */
export function createDocsState<F extends PropertyValidators, Ctx, ChangeCtx>(
  component: ComponentApi,
  fields: F,
  settings: Settings<F, Ctx, ChangeCtx>,
): DocsState<F, Ctx, ChangeCtx> {
  const {
    search = [],
    trash = false,
    maxDocumentBytes: maxBytes = DOCUMENT.maxBytes,
    maxBatchItems = BATCH.defaultItems,
    schema,
    bulkWorker,
    mapError,
    ...hooks
  } = settings;
  assertMounted("Docs", component);
  assertUsable(fields);
  assertSearchable(fields, search);
  assertOption("maxDocumentBytes", maxBytes, DOCUMENT.ceilingBytes);
  assertOption("maxBatchItems", maxBatchItems, BATCH.maxItems);
  return {
    component,
    fields,
    rules: encodeRules({ shape: objectJson(fields), maxBytes, search }),
    arguments: {
      caller: argumentShapes(fields, {}),
      system: argumentShapes(fields, { ownerId: v.string() }),
    },
    trash,
    isSearchable: search.length > 0,
    maxBatchItems,
    maxGetItems: maxGetItems(maxBytes),
    schema,
    bulkWorker,
    mapError,
    hooks,
  };
}

/**
 * A stored document as the host sees it. Fields come first: a row written before a name was reserved cannot pass its own
 * value off as ours. The host's types are what its validators have promised since every write was checked by them.
 */
export function flatten<F extends PropertyValidators>(
  document: StoredDocument,
): DocumentOf<F> {
  const { fields, ...system } = document;
  const createdAt = Math.floor(system._creationTime);
  return { ...fields, ...system, createdAt } as DocumentOf<F>;
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

function assertOption(option: string, value: number, ceiling: number): void {
  if (!Number.isInteger(value) || value < 1 || value > ceiling) {
    throw new Error(
      `convex-docs: ${option} must be a whole number from 1 to ${ceiling}.`,
    );
  }
}

/*
 * Where a host takes part: its own rules for who may do what, its own rules for what is valid, and its own writes in the
 * same transaction.
 */

/** What is being done to a document, as `access` is asked. */
export type AccessOperation = "read" | "update" | "remove" | "transfer";

export type AccessRequest<F extends PropertyValidators> = {
  operation: AccessOperation;
  document: DocumentOf<F>;
  /** Who wants to; `null` when nobody is signed in, who is only ever asked about reading. */
  userId: string | null;
  /** What the answer would be without the hook: reading what is one's own or public, writing what is one's own. */
  byDefault: boolean;
};

/** A document was created, changed or removed. */
export type DocumentChange<F extends PropertyValidators> = {
  operation: WriteOperation;
  /** As it was; `null` for a new one. */
  before: DocumentOf<F> | null;
  /** As it is; `null` for one that is gone. */
  after: DocumentOf<F> | null;
  /** Who did it; `null` for the system. */
  userId: string | null;
};

/** The component's functions that write. */
export type WriteOperation =
  "create" | "update" | "remove" | "trash" | "restore" | "purge" | "transfer";

export type Hooks<F extends PropertyValidators, Ctx, ChangeCtx> = {
  /**
   * Says yes to somebody who is not the owner (sharing, roles, an authorization component), or no to the owner. Asked for
   * every document that a call names and every row that a list or search returns. Absent: the owner alone writes, and
   * others read what is public and published. The trash is its owner's alone and never asks.
   *
   * Costs one more read of each document that is written.
   */
  access?: (ctx: Ctx, request: AccessRequest<F>) => Promise<boolean> | boolean;
  /**
   * Runs once for each document that a call creates, changes or removes, in the transaction that does it. A throw undoes
   * the whole call, even if the host catches it. Declare the mutation's `ctx` that it needs: writing from an action, where
   * there is no such transaction, then does not compile.
   *
   * Costs one more read of each document.
   */
  onChange?: (
    ctx: ChangeCtx,
    change: DocumentChange<F>,
  ) => Promise<void> | void;
};

/*
 * Names that a host's field cannot have, because they are ours on every document or among the arguments.
 */

const RESERVED = [
  "ownerId",
  "status",
  "isPublic",
  "version",
  "createdAt",
  "updatedAt",
  "publishedAt",
  "archivedAt",
  "deletedAt",
  "pinned",
  "expiresAt",
  "fields",
  "id",
  "ids",
  "items",
  "key",
  "ifExists",
  "ifVersion",
  "unset",
] as const;

/** A name that a host field cannot have. Convex itself takes those that start with `_` or `$`. */
export type ReservedName =
  (typeof RESERVED)[number] | `_${string}` | `$${string}`;

/** Whether a host's field cannot have this name. */
export function isReserved(name: string): name is ReservedName {
  return (RESERVED as readonly string[]).includes(name) || /^[_$]/.test(name);
}

/** Turns a host field with a reserved name into a compile error that says so. */
export type NoReservedNames<F> = {
  [Name in Extract<keyof F, ReservedName>]: `"${Name}" is a reserved name`;
};
