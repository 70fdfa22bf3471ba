/**
 * Where a host takes part: its own rules for who may do what, its own rules for what is valid, and its own writes in the
 * same transaction.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { DocumentOf } from "./types.js";

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
