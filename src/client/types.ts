/**
 * The types a host meets: its own fields, flat, beside ours.
 *
 * @module
 */
import type {
  Auth,
  Expand,
  GenericActionCtx,
  GenericDataModel,
  PaginationOptions,
  PaginationResult,
} from "convex/server";
import type { ObjectType, PropertyValidators } from "convex/values";
import type { StoredDocument, Status, Order } from "../shared/validators.js";

/**
 * Any `ctx` that can call a query of the component: a query's, a mutation's or an action's. Taken from the action's type:
 * since convex 1.41 an action's `runMutation` is not assignable to a mutation's, but both are to this.
 */
export type RunQueryCtx = Pick<GenericActionCtx<GenericDataModel>, "runQuery">;
/** Any `ctx` that can call a mutation of the component: a mutation's or an action's. */
export type RunMutationCtx = Pick<
  GenericActionCtx<GenericDataModel>,
  "runMutation"
>;
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

/** Whose document to create or list: said by `asSystem` only. A caller's own are the caller's. */
export type Whose = { ownerId: string };

export type CreateArgs<F extends PropertyValidators> = Expand<
  ObjectType<F> & {
    /** `"draft"` when not given. */
    status?: Status;
    /** `false` when not given. Others see a document only if it is public and published. */
    isPublic?: boolean;
  }
>;

export type UpdateArgs<F extends PropertyValidators> = Expand<
  Partial<ObjectType<F>> & {
    id: string;
    status?: Status;
    isPublic?: boolean;
    /** Optional fields to delete. `undefined` cannot say so: it is lost on the way to the server. */
    unset?: OptionalName<F>[];
    /** The version that was edited. If the document has moved on: CONFLICT, and nothing is written. */
    ifVersion?: number;
  }
>;

export type RemoveArgs = {
  id: string;
  /** The version that was looked at. If the document has moved on: CONFLICT, and nothing is removed. */
  ifVersion?: number;
};

export type GetArgs = { id: string };

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
