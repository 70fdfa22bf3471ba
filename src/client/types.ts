/**
 * The types a host meets: its own fields, flat, beside ours.
 *
 * @module
 */
import type {
  Auth,
  Expand,
  PaginationOptions,
  PaginationResult,
} from "convex/server";
import type { ObjectType, PropertyValidators } from "convex/values";
import type { Order, Status, StoredDocument } from "../shared/documents.js";

/** What `identify` is given unless it declares more. */
export type AuthCtx = { auth: Auth };

/** What every document has beside the host's fields. Times are in ms since 1970. */
export type DocumentSystemFields = Omit<StoredDocument, "fields"> & {
  /** When it was created. */
  createdAt: number;
};

/** A document as the host sees it. */
export type DocumentOf<F extends PropertyValidators> = Expand<
  ObjectType<F> & DocumentSystemFields
>;

type OptionalName<F extends PropertyValidators> = {
  [Name in keyof F]: F[Name]["isOptional"] extends "optional" ? Name : never;
}[keyof F];

/** Whose documents are meant: said by `asSystem` only. A caller's own are the caller's. */
export type OwnerArgs = { ownerId: string };

/** The columns of ours that a write may set. */
type StatusFields = {
  /** `"draft"` for a new document when not given. */
  status?: Status;
  /** `false` for a new document when not given. Others see a document only if it is public and published. */
  isPublic?: boolean;
  /** `true`: retention never touches it. `false` takes that back. */
  pinned?: boolean;
  /** When retention takes it (ms since 1970), whatever the policies say; `null`: when they say, as if none were given. */
  expiresAt?: number | null;
};

export type CreateArgs<F extends PropertyValidators> = Expand<
  ObjectType<F> &
    StatusFields & {
      /** The owner's own name for it, unique among the owner's documents: 1 to 256 characters. */
      key?: string;
      /** When the owner has a document with this key: refuse (the default), leave it as it is, or change it. */
      ifExists?: "error" | "return" | "update";
    }
>;

/** Which document, and the version that was looked at. */
export type TargetArgs = {
  id: string;
  /** If the document has moved on from this version: CONFLICT, and nothing is written. */
  ifVersion?: number;
};

type Updates<F extends PropertyValidators> = Partial<ObjectType<F>> &
  StatusFields & {
    /** Optional fields to delete. `undefined` cannot say so: it is lost on the way to the server. */
    unset?: OptionalName<F>[];
  };

export type UpdateArgs<F extends PropertyValidators> = Expand<
  TargetArgs & Updates<F>
>;
export type RemoveArgs = TargetArgs;
export type TransferArgs = TargetArgs & {
  /** The new owner's id. */
  to: string;
};

/** All or nothing (the default), or each item for itself. */
export type BatchMode = "atomic" | "partial";

export type BatchCreateArgs<F extends PropertyValidators, Extra> = {
  items: (CreateArgs<F> & Extra)[];
  mode?: BatchMode;
};
/** The same change to many, or a change for each. */
export type BatchUpdateArgs<F extends PropertyValidators> =
  | { ids: string[]; updates: Expand<Updates<F>>; mode?: BatchMode }
  | { items: UpdateArgs<F>[]; mode?: BatchMode };
export type BatchRemoveArgs = { ids: string[]; mode?: BatchMode };

export type GetArgs = { id: string };
export type GetManyArgs = { ids: string[] };
export type GetByKeyArgs = { key: string };

export type ListPublicArgs = {
  /** By last change; `"desc"`, newest first, when not given. */
  order?: Order;
  /** At most 100 items a page; a page of large documents ends early, at 4 MiB. */
  paginationOpts: PaginationOptions;
};
export type ListArgs = ListPublicArgs & {
  /** Only documents of this status. */
  status?: Status;
};
export type PageOf<F extends PropertyValidators> = PaginationResult<
  DocumentOf<F>
>;

export type CountArgs = { status?: Status; upTo?: number };
export type SearchArgs = {
  query: string;
  scope?: "own" | "public";
  status?: Status;
  limit?: number;
};

/** Which documents a bulk job is about: those named, or those found when it starts. */
type BulkSelection =
  | {
      /** At most 8,000. Each is done once, however often it stands here. */
      ids: string[];
    }
  | {
      /** All of one owner's: for `restore` and `purge` those in the trash, else those outside it. */
      where: {
        status?: Status;
        /** Last changed at or before this time, in ms. */
        updatedBefore?: number;
      };
    };

export type BulkArgs<F extends PropertyValidators> = BulkSelection &
  (
    | { operation: "update"; updates: Expand<Updates<F>> }
    | { operation: "remove" | "restore" | "purge" }
  );

export type JobArgs = { jobId: string };
